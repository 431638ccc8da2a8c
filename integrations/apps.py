"""Other diaries and services."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Connections with other diaries."""

    name = "integrations"
    verbose_name = "Connexions"
