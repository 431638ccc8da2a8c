"""The diary."""

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """Practitioners, hours, visits."""

    name = "agenda"
    verbose_name = "Agenda"
