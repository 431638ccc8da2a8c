"""What a person's time is taken for in one cabinet closes it in the others, for those who asked for it."""

from importlib import import_module

from django.apps import AppConfig


class SharedTimeConfig(AppConfig):
    """Taken ranges of people, in the shared schema."""

    name = "medidesk.shared_time"
    label = "shared_time"
    verbose_name = "Occupation partagée"

    def ready(self) -> None:
        """Follow the cabinets: one that no longer receives anybody takes nobody's time."""
        import_module("medidesk.shared_time.receivers")
