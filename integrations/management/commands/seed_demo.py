"""`manage.py seed_demo`: the demo's cabinets, once; later starts only follow the simulators to their new addresses."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from integrations.demo.cabinets import TILLEULS, VOLCAN, logins_text, open_tilleuls, open_volcan
from integrations.demo.platforms import connect_platforms, follow_platforms
from medidesk.cabinets.models import Cabinet


class Command(BaseCommand):
    """Idempotent: what exists is kept."""

    help = "Crée les deux cabinets de démonstration s’ils n’existent pas encore."

    def handle(self, *args: Any, **options: Any) -> None:
        """Open what is missing, and write where the start finds the logins."""
        addresses = {name: os.environ.get(f"MEDIDESK_{name.upper()}_URL", "") for name in ("doctolib", "maiia")}
        known = {cabinet.slug: cabinet for cabinet in Cabinet.objects.filter(slug__in=("tourcoing", "reunion"))}
        if "tourcoing" not in known:
            cabinet, elsewhere = open_tilleuls()
            connect_platforms(cabinet, addresses, elsewhere)
        else:
            follow_platforms(known["tourcoing"], addresses)
        if "reunion" not in known:
            open_volcan()
        text = "\n\n".join(logins_text(host, logins) for host, logins in (("tourcoing.localhost", TILLEULS), ("reunion.localhost", VOLCAN)))
        Path(settings.MEDIDESK_VAR, "demo-logins.txt").write_text(text + "\n", encoding="utf-8")
        self.stdout.write(text)
