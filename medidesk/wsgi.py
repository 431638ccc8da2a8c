"""The web processes' entry point; it refuses to start behind a transaction-mode pooler or with a route that declares nobody."""

import os

from django.core.checks import Tags, run_checks
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application

from medidesk.db.pooling import refuse_transaction_pooler


def start() -> WSGIHandler:
    """Return the application once Postgres is known to be reached rightly."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medidesk.settings")
    handler = get_wsgi_application()
    if errors := [str(message) for message in run_checks(tags=[Tags.security]) if message.is_serious()]:
        raise SystemCheckError("\n".join(errors))
    refuse_transaction_pooler()
    return handler


application = start()
