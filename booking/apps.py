"""The patients' site."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Choosing a time, confirming, moving, cancelling."""

    name = "booking"
    verbose_name = "Réservation en ligne"
