"""`manage.py sms_secret <cabinet>`: prints, alone on the last line, the secret with which SMS that come in are signed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from medidesk.cabinets.models import Cabinet
from medidesk.messaging.incoming import incoming_secret


class Command(BaseCommand):
    """Show a cabinet's secret, for its SMS provider."""

    help = "Affiche le secret qui signe les SMS reçus (en-tête X-Signature-256 de POST /api/sms/incoming)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The cabinet."""
        parser.add_argument("cabinet", help="nom court ou nom d'hôte du cabinet, par exemple tourcoing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        name = options["cabinet"]
        cabinet = Cabinet.objects.filter(Q(slug=name) | Q(domains__domain=name)).distinct().first()
        if cabinet is None:
            raise CommandError(f"Aucun cabinet « {name} ».")
        with cabinet:
            self.stdout.write(incoming_secret())
