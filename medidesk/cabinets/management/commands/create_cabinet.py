"""Open a cabinet: `manage.py create_cabinet "Cabinet du Beffroi" --host beffroi.example --owner-email alma@example.org`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from medidesk.cabinets.provisioning import open_cabinet
from medidesk.errors import MediDeskError


class Command(BaseCommand):
    """Makes the schema, the host names and the owner's account; prints the cabinet's uuid on the last line."""

    help = "Ouvre un cabinet : son schéma, ses noms d’hôte, le compte de son titulaire."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to say."""
        parser.add_argument("name")
        parser.add_argument("--host", action="append", required=True, dest="hosts", help="nom d’hôte ; le premier est le principal")
        parser.add_argument("--owner-email", required=True)
        parser.add_argument("--owner-name", default="")
        parser.add_argument("--time-zone", default="Europe/Paris")
        parser.add_argument("--city", default="")
        parser.add_argument("--phone", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it, or say in one line why not."""
        wanted = {key: options[key] for key in ("name", "hosts", "owner_email", "owner_name", "time_zone", "city", "phone")}
        try:
            cabinet = open_cabinet(**wanted)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except MediDeskError as error:
            raise CommandError(error.message) from error
        self.stdout.write(str(cabinet.uuid))
