"""The cabinets, in the shared schema."""

from django.apps import AppConfig


class CabinetsConfig(AppConfig):
    """Cabinet, Domain, opening and closing."""

    name = "medidesk.cabinets"
    verbose_name = "Cabinets"
