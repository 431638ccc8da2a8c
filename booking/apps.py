"""What a patient sees."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """The cabinet's site and the account area."""

    name = "booking"
    verbose_name = "Réservation"
