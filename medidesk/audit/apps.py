"""The read trail of a cabinet."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who looked at which record, and when."""

    name = "medidesk.audit"
    verbose_name = "Traçabilité"
