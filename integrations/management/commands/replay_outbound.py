"""`manage.py replay_outbound <cabinet> [<connection>]`: tries again what was given up; prints how many."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.management.addressing import cabinet_named, connection_named
from integrations.models import OutboundChange, OutboundState
from integrations.outgoing import outbox
from medidesk import clock


class Command(BaseCommand):
    """Replay dead letters."""

    help = "Renvoie les changements abandonnés."

    def add_arguments(self, parser: CommandParser) -> None:
        """Of which cabinet, perhaps of which connection."""
        parser.add_argument("cabinet")
        parser.add_argument("connection", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Put them back in the queue."""
        with cabinet_named(options["cabinet"]):
            rows = OutboundChange.objects.filter(state=OutboundState.DEAD)
            if options["connection"]:
                rows = rows.filter(connection=connection_named(options["connection"]))
            self.stdout.write(str(outbox.replay(rows, clock.now())))
