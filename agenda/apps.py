"""The diary."""

from importlib import import_module

from django.apps import AppConfig


class AgendaConfig(AppConfig):
    """Practitioners, hours, visits."""

    name = "agenda"
    verbose_name = "Agenda"

    def ready(self) -> None:
        """Listen to the diary's own news, and tell the patients' app about visits."""
        import_module("agenda.receivers")
        import_module("agenda.patient_visits")
        import_module("agenda.expiry")
        import_module("agenda.sharing_receivers")
        import_module("agenda.desk.online_booking")
        import_module("agenda.mass_absence.texts")
        import_module("agenda.conflict_offer_texts")
        import_module("agenda.running_late.texts")
        import_module("agenda.waiting_list.receivers")
        import_module("agenda.desk.incoming_sms")
