"""The settings of the tests: what production has, with a fast hasher, plain static names and nothing sent outside."""

import os
import tempfile

# Before the import: the environment decides, as in production. What surrounds the test run must not.
os.environ.update(
    MEDIDESK_SECRET_KEY="only-for-tests", MEDIDESK_DEMO="off", MEDIDESK_HTTPS="off", MEDIDESK_REQUIRE_MFA="on", MEDIDESK_DEV_PAGES="on"
)
os.environ["MEDIDESK_VAR"] = tempfile.mkdtemp(prefix="medidesk-tests-")
for name in ("MEDIDESK_EVENTS_URL", "MEDIDESK_PUBLIC_HOSTS", "MEDIDESK_FAKE_NOW", "MEDIDESK_RATE_LIMITS"):
    os.environ.pop(name, None)

from medidesk.settings import *
from medidesk.settings import MEDIDESK_VAR, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = MEDIDESK_VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
