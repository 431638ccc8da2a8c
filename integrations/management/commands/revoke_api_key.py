"""`manage.py revoke_api_key <key prefix>`: ends the key, whatever its cabinet, within 5 s everywhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.partners.keys import keys_beginning_with, revoke_key
from integrations.partners.models import ApiKey
from medidesk import clock
from medidesk.cabinets.models import Cabinet

SHORTEST_PREFIX = 6


class Command(BaseCommand):
    """Revoke a partner's key."""

    help = "Révoque la clé d'un partenaire, désignée par ses premiers caractères."

    def add_arguments(self, parser: CommandParser) -> None:
        """The first characters of the key."""
        parser.add_argument("prefix", help="premiers caractères de la clé")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look in every cabinet; revoke when exactly one key answers."""
        prefix = options["prefix"]
        if len(prefix) < SHORTEST_PREFIX:
            raise CommandError(f"Donnez au moins {SHORTEST_PREFIX} caractères de la clé.")
        found = [(cabinet, key) for cabinet in Cabinet.objects.all() for key in self._keys_of(cabinet, prefix)]
        if not found:
            raise CommandError("Aucune clé en service ne commence ainsi.")
        if len(found) > 1:
            raise CommandError("Plusieurs clés commencent ainsi : donnez-en davantage de caractères.")
        cabinet, key = found[0]
        with cabinet:
            revoke_key(key, now=clock.now())
        self.stdout.write(f"Clé {key.prefix}… de « {key.name} » révoquée ({cabinet.slug}).")

    def _keys_of(self, cabinet: Cabinet, prefix: str) -> list[ApiKey]:
        with cabinet:
            return keys_beginning_with(prefix)
