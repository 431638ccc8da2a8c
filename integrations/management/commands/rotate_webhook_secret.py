"""`manage.py rotate_webhook_secret <connection>`: a new secret at once, the old ones good for 24 hours; printed on the last line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.connections.going_live import rotate_secret
from integrations.errors import ConnectorError
from integrations.management.addressing import cabinet_of_connection, connection_named
from medidesk import clock


class Command(BaseCommand):
    """Rotate the secret of a connection's webhooks."""

    help = "Change le secret des webhooks d’une connexion ; l’ancien reste valable 24 heures."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which connection."""
        parser.add_argument("connection")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, tell the platform, print."""
        with cabinet_of_connection(options["connection"]):
            connection = connection_named(options["connection"])
            try:
                secret = rotate_secret(connection, clock.now())
            except ConnectorError as problem:
                connection.webhook_registered_at = None
                connection.save(update_fields=["webhook_registered_at"])
                secret = connection.webhook_secrets.get(expires_at=None).value
                self.stderr.write(f"La plateforme n’a pas pu être prévenue ({type(problem).__name__}) ; nouvel essai chaque minute.")
        self.stdout.write(secret)
