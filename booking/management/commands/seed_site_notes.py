"""`manage.py seed_site_notes`: what the demo's cabinets say on their pages."""

from typing import Any

from django.core.management.base import BaseCommand

from booking.demo_notes import NOTES, write_demo_notes
from medidesk.cabinets.models import Cabinet


class Command(BaseCommand):
    """Idempotent: what is written is kept."""

    help = "Écrit les informations pratiques des cabinets de démonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """One cabinet after the other."""
        for cabinet in Cabinet.objects.filter(slug__in=NOTES):
            with cabinet:
                write_demo_notes(cabinet.slug)
