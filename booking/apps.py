"""The patients' site."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Choosing a time, confirming, moving, cancelling."""

    name = "booking"
    verbose_name = "Réservation en ligne"

    def ready(self) -> None:
        """Give messages about a visit, or about a freed time, the address of its page."""
        from agenda.links import register_link_builder
        from agenda.waiting_list.links import register_offer_address
        from booking.links import address_of_offer, address_of_visit

        register_link_builder(address_of_visit)
        register_offer_address(address_of_offer)
