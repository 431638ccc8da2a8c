"""Every setting, read from the environment, a section per service."""

from decimal import Decimal
from pathlib import Path

from csp.constants import NONE, SELF

from medidesk.env import database_from_url, env_bool, env_int, env_list, env_secret, env_text
from medidesk.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

# --- the house ---------------------------------------------------------------------------------------------------
MEDIDESK_DEMO = env_bool("MEDIDESK_DEMO")
MEDIDESK_VAR = Path(env_text("MEDIDESK_VAR") or BASE_DIR / "var")
MEDIDESK_DEV_PAGES = env_bool("MEDIDESK_DEV_PAGES", MEDIDESK_DEMO)  # /_dev/…: the outbox, for the demonstration and tests
MEDIDESK_PORT = env_int("MEDIDESK_PORT", 8000)
MEDIDESK_EVENTS_URL = env_text("MEDIDESK_EVENTS_URL")  # {host} becomes the page's host name; empty: same origin
MEDIDESK_ALLOW_PRIVATE_TARGETS = env_bool("MEDIDESK_ALLOW_PRIVATE_TARGETS")
MEDIDESK_RATE_LIMITS = env_bool("MEDIDESK_RATE_LIMITS", True)
MEDIDESK_FAKE_NOW = env_text("MEDIDESK_FAKE_NOW")
MEDIDESK_DOCTOLIB_URL = env_text("MEDIDESK_DOCTOLIB_URL")
MEDIDESK_MAIIA_URL = env_text("MEDIDESK_MAIIA_URL")
MEDIDESK_REQUIRE_MFA = env_bool("MEDIDESK_REQUIRE_MFA", not MEDIDESK_DEMO)
MEDIDESK_PUBLIC_HOSTS = [*env_list("MEDIDESK_PUBLIC_HOSTS", "localhost"), "127.0.0.1"]
SECURE = not MEDIDESK_DEMO and env_bool("MEDIDESK_HTTPS", True)

SECRET_KEY = env_secret("MEDIDESK_SECRET_KEY", default="demo-only-key-never-in-production" if MEDIDESK_DEMO else None)
DEBUG = False
ALLOWED_HOSTS = ["*"]  # medidesk.cabinets.middleware answers 404 to every host that is neither public nor a cabinet's
WSGI_APPLICATION = "medidesk.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["security.W020"]

# --- applications: shared (schema public) and per cabinet ----------------------------------------------------------
SHARED_APPS = [
    "django_tenants",
    "medidesk",
    "medidesk.cabinets",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "unfold",
    "django.contrib.admin",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sessions",  # in both lists, meant: the operators' sessions
    "medidesk.accounts",  # in both lists, meant: public holds the operators, a cabinet its own people
    "medidesk.due",
    "medidesk.shared_time",
    "medidesk.live",
    "csp",
]
TENANT_APPS = [
    "django.contrib.sessions",
    "medidesk.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "medidesk.audit",
    "medidesk.messaging",
    "patients",
    "agenda",
    "booking",
    "integrations",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "cabinets.Cabinet"
TENANT_DOMAIN_MODEL = "cabinets.Domain"
TENANT_LIMIT_SET_CALLS = True
PUBLIC_SCHEMA_URLCONF = "medidesk.urls_public"
ROOT_URLCONF = "medidesk.urls_cabinet"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "medidesk.cabinets.middleware.CabinetMiddleware",
    "medidesk.csp.PolicyMiddleware",
    "medidesk.compression.CompressionMiddleware",
    "medidesk.api.short_way.ShortWayMiddleware",  # what follows is for pages
    "django.contrib.sessions.middleware.SessionMiddleware",
    "medidesk.cabinets.sessions.CabinetSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "medidesk.accounts.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

# --- Postgres, Redis -----------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **database_from_url(env_text("DATABASE_URL") or "postgres://medidesk@127.0.0.1:5432/medidesk"),
        "ENGINE": "medidesk.db.backend",
        "CONN_MAX_AGE": None,  # few, long-lived backends
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
MIGRATION_LOCK_TIMEOUT = "5s"
MIGRATION_MODULES: dict[str, str] = {}

REDIS_URL = env_text("REDIS_URL") or "redis://127.0.0.1:6379/0"
# A Valkey that hangs must not hold pages up: after two seconds it counts as absent.
_CACHE_PATIENCE = {"socket_timeout": 2, "socket_connect_timeout": 2}
CACHES = {
    "default": {  # a cabinet's: its schema and uuid are in every key
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "medidesk",
        "KEY_FUNCTION": "medidesk.cabinets.cache_keys.cabinet_key",
        "OPTIONS": _CACHE_PATIENCE,
        "TIMEOUT": 300,
    },
    "shared": {  # the platform's own: host routing, limits over all cabinets, the beat's pulse
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "medidesk-shared",
        "OPTIONS": _CACHE_PATIENCE,
        "TIMEOUT": 300,
    },
}

# --- people, sessions, cookies ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["medidesk.accounts.backends.PlatformBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
LOGIN_URL = "/compte/login/"
LOGIN_REDIRECT_URL = "/compte/accueil/"
LOGOUT_REDIRECT_URL = "/"
STAFF_HOME = "/agenda/"
PATIENT_HOME = "/mes-rendez-vous/"
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day
SESSION_COOKIE_NAME = "__Host-medidesk-session" if SECURE else "medidesk-session"
CSRF_COOKIE_NAME = "__Host-medidesk-csrf" if SECURE else "medidesk-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = None  # host-only: worth nothing on another cabinet's host
LANGUAGE_COOKIE_NAME = "medidesk-language"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("MEDIDESK_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "medidesk.accounts.refusals.csrf_failure"

# --- allauth (cabinet hosts, /compte/) ---------------------------------------------------------------------------------
ACCOUNT_ADAPTER = "medidesk.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "medidesk.accounts.forms.SignupForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("MEDIDESK_TRUSTED_PROXIES", 0)  # proxies in front whose X-Forwarded-For is believed
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {} if MEDIDESK_RATE_LIMITS else False
MFA_TOTP_ISSUER = "MediDesk"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MEDIDESK_DEMO
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}

# --- language, time, pages -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_I18N = USE_TZ = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "medidesk.cabinets.context.cabinet",
            ],
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = MEDIDESK_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = MEDIDESK_VAR / "files"
STORAGES = {
    "default": {"BACKEND": "medidesk.cabinets.files.CabinetFiles"},
    "staticfiles": {"BACKEND": "medidesk.static_names.HashedStaticFiles"},
}
WHITENOISE_MAX_AGE = 3600  # seconds, for the names without a hash; hashed names are cached ten years by whitenoise
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what a page may load -----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],  # and the events' address, added per host by medidesk.csp
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- messages out, tasks, REST, logs ------------------------------------------------------------------------------------
EMAIL_BACKEND = "medidesk.messaging.backends.LedgerEmailBackend"  # everything goes through the ledger, then by the provider
MEDIDESK_EMAIL_BACKEND = env_text("MEDIDESK_EMAIL_BACKEND")  # a Django mail backend: SMTP, or one of anymail's
MEDIDESK_EMAIL_PROVIDER = env_text("MEDIDESK_EMAIL_PROVIDER") or ("transport" if MEDIDESK_EMAIL_BACKEND else "outbox")
MEDIDESK_SMS_PROVIDER = env_text("MEDIDESK_SMS_PROVIDER") or "outbox"
MEDIDESK_MESSAGE_LEASE = env_int("MEDIDESK_MESSAGE_LEASE", 60)  # seconds; longer than a batch takes (5 calls of 10 s, one after the other)
MEDIDESK_SMS_PRICE = Decimal(env_text("MEDIDESK_SMS_PRICE") or "0.065")  # euros a segment, an estimate for the screens
EMAIL_HOST = env_text("MEDIDESK_SMTP_HOST") or "localhost"
EMAIL_PORT = env_int("MEDIDESK_SMTP_PORT", 587)
EMAIL_HOST_USER = env_text("MEDIDESK_SMTP_USER")
EMAIL_HOST_PASSWORD = env_secret("MEDIDESK_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env_bool("MEDIDESK_SMTP_TLS", True)
EMAIL_TIMEOUT = 10  # seconds
ANYMAIL = {"REQUESTS_TIMEOUT": 10}  # seconds
DEFAULT_FROM_EMAIL = env_text("MEDIDESK_FROM_EMAIL") or "MediDesk <ne-pas-repondre@medidesk.example>"
CELERY_TASK_ALWAYS_EAGER = False
MEDIDESK_API_AUTHENTICATOR = "integrations.partners.authentication.caller_of"
MEDIDESK_API_MEMORY = "integrations.partners.idempotency.answer_once"
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(level=env_text("MEDIDESK_LOG_LEVEL") or "INFO")

SHADES = ["#ebf5f0", "#d5ebe1", "#aedcc8", "#7fdcbd", "#5ccba6", "#2f9d7c", "#0b5d4a", "#0a5141", "#084838", "#06352a", "#06241b"]
UNFOLD = {
    "SITE_TITLE": "MediDesk",
    "SITE_HEADER": "MediDesk, exploitation",
    "SHOW_HISTORY": True,
    "COLORS": {"primary": dict(zip(["50", *(str(100 * step) for step in range(1, 10)), "950"], SHADES, strict=True))},
}
