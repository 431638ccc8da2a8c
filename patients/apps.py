"""The people the cabinet cares for."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Identity, matching, records."""

    name = "patients"
    verbose_name = "Patients"
