"""`manage.py create_api_key <cabinet> --name … --scope … [--scope …] [--staff]`: prints the key alone on the last line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.addressing import cabinet_named
from integrations.partners.keys import create_key
from medidesk.api.callers import SCOPES
from medidesk.errors import MediDeskError


class Command(BaseCommand):
    """Make a partner's key."""

    help = "Crée la clé d'un partenaire et l'affiche une seule fois."

    def add_arguments(self, parser: CommandParser) -> None:
        """The cabinet's short name, and what the key may do."""
        parser.add_argument("cabinet", help="nom court du cabinet, par exemple tourcoing")
        parser.add_argument("--name", required=True, help="nom du partenaire")
        parser.add_argument("--scope", action="append", required=True, dest="scopes", metavar="SCOPE", help=" ".join(SCOPES))
        parser.add_argument("--staff", action="store_true", help="la clé agit comme le cabinet : avertie au lieu d'être refusée")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create and print."""
        with cabinet_named(options["cabinet"]):
            try:
                row, key = create_key(name=options["name"], scopes=options["scopes"], staff=options["staff"])
            except MediDeskError as error:
                raise CommandError(error.message) from error
        self.stderr.write(f"{row.name} : {' '.join(row.scopes)}{' (cabinet)' if row.staff else ''}. La clé ne sera plus montrée.")
        self.stdout.write(key)
