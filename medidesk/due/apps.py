"""Pointers to due rows, in the shared schema."""

from django.apps import AppConfig


class DueConfig(AppConfig):
    """Which cabinet has which row due when; never what the row holds."""

    name = "medidesk.due"
    label = "due"
    verbose_name = "Échéances"
