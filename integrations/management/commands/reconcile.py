"""`manage.py reconcile <cabinet> [<connection>] [--drain]`: compares, repairs, prints one JSON line per connection.

Exit code 3 when a read was incomplete.
"""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.comparison.reconciliation import reconcile
from integrations.management.addressing import cabinet_named, connection_named
from integrations.models import Connection, Mode, OutboundChange, OutboundState
from integrations.outgoing.draining import drain
from medidesk import clock

INCOMPLETE = 3
DRAIN_WITHIN_SECONDS = 120
WIDTH = 30  # of the bar, in characters


class Command(BaseCommand):
    """Reconcile with the platforms."""

    help = "Compare l’agenda avec les plateformes et répare ce qui peut l’être sans risque."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which cabinet, perhaps which connection."""
        parser.add_argument("cabinet")
        parser.add_argument("connection", nargs="?")
        parser.add_argument("--drain", action="store_true", help="attend que la file d’envoi soit vide")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per connection."""
        complete = True
        with cabinet_named(options["cabinet"]):
            chosen = [connection_named(options["connection"])] if options["connection"] else list(Connection.objects.exclude(mode=Mode.OFF))
            for connection in chosen:
                figures = reconcile(connection, clock.now(), watch=self._bar if self.stderr.isatty() else None)
                complete = complete and figures.complete
                self.stdout.write(json.dumps(figures.as_json()))
            if options["drain"]:
                self._drain([connection.id for connection in chosen])
        if not complete:
            sys.exit(INCOMPLETE)

    def _bar(self, done: int, of: int) -> None:
        """How far the reading is, on one line that is written over."""
        full = WIDTH * done // of
        self.stderr.write(f"\r[{'█' * full}{'░' * (WIDTH - full)}] {done} / {of} rendez-vous", ending="\n" if done == of else "")

    def _drain(self, connections: list[Any]) -> None:
        """Deliver with the workers until nothing waits."""
        until = time.monotonic() + DRAIN_WITHIN_SECONDS
        waiting = OutboundChange.objects.filter(connection__in=connections, state=OutboundState.WAITING)
        while waiting.exists() and time.monotonic() < until:
            drain()
            time.sleep(0.2)
