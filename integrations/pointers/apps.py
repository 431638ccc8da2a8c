"""Where due work waits, in the shared schema: which cabinet, which row, when; never what it holds."""

from django.apps import AppConfig


class PointersConfig(AppConfig):
    """Pointers to outbound rows."""

    name = "integrations.pointers"
    label = "outbox_pointers"
    verbose_name = "Pointeurs d’envoi"
