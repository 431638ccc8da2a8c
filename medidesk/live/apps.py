"""News of the diary on open screens."""

from importlib import import_module

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Ids of what changed, streamed to the pages that may see it."""

    name = "medidesk.live"
    label = "live"
    verbose_name = "En direct"

    def ready(self) -> None:
        """Close the streams of an account that is disabled."""
        import_module("medidesk.live.receivers")
