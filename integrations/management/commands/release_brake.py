"""`manage.py release_brake <cabinet> <connection>`: lets through the cancellations that the brake held."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.comparison.reconciliation import reconcile
from integrations.management.addressing import cabinet_named, connection_named
from integrations.management.commands.reconcile import INCOMPLETE
from medidesk import clock


class Command(BaseCommand):
    """Release the brake."""

    help = "Laisse passer les annulations retenues par le frein."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose brake."""
        parser.add_argument("cabinet")
        parser.add_argument("connection")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read again, cancel what is cancelled there."""
        with cabinet_named(options["cabinet"]):
            figures = reconcile(connection_named(options["connection"]), clock.now(), released=True)
        self.stdout.write(json.dumps(figures.as_json()))
        if not figures.complete:
            sys.exit(INCOMPLETE)
