"""The web processes' entry point; it refuses to start behind a transaction-mode pooler."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from medidesk.db.pooling import refuse_transaction_pooler


def start() -> WSGIHandler:
    """Return the application once Postgres is known to be reached rightly."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medidesk.settings")
    handler = get_wsgi_application()
    refuse_transaction_pooler()
    return handler


application = start()
