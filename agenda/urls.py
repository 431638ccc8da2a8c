"""The desk's pages."""

from datetime import date

from django.urls import path, register_converter

from agenda.views import (
    absences,
    appointments,
    bookings,
    bundles,
    conflicts,
    days,
    delays,
    delegations,
    explanations,
    found_patients,
    incoming_sms,
    kept_times,
    moves,
    online_booking,
    queues,
    series,
    sheets,
    swaps,
    waiting_list,
)


class DayConverter:
    """A date written 2026-11-24."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The date; ValueError means that the route does not match."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As the route writes it."""
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "agenda"
urlpatterns = [
    path("agenda/", days.today, name="day"),
    path("agenda/jour/<day:day>", days.day, name="on"),
    path("agenda/semaine", days.week, name="week"),
    path("agenda/changements", days.changes, name="changes"),
    path("agenda/jour/<day:day>/feuille", sheets.sheet, name="sheet"),
    path("agenda/jour/<day:day>/feuille.pdf", sheets.pdf, name="sheet_pdf"),
    path("agenda/feuilles-de-secours", sheets.backups, name="backup_sheets"),
    path("agenda/feuilles-de-secours/reglages", sheets.set_rules, name="sheet_rules"),
    path("agenda/feuilles-de-secours/<uuid:sheet_id>", sheets.backup, name="backup_sheet"),
    path("agenda/remplacements", delegations.substitutions, name="substitutions"),
    path("agenda/remplacements/<uuid:substitution_id>/fin", delegations.end, name="end_substitution"),
    path("agenda/agendas-ouverts", delegations.open_one, name="open_agenda"),
    path("agenda/agendas-ouverts/<int:opening_id>/fermer", delegations.close, name="close_agenda"),
    path("agenda/occupation-partagee/<uuid:practitioner_id>", delegations.share, name="share_time"),
    path("agenda/absences", absences.listing, name="absences"),
    path("agenda/absence/nouvelle", absences.new, name="new_absence"),
    path("agenda/absence/<uuid:mass_id>", absences.show, name="absence"),
    path("agenda/absence/<uuid:mass_id>/choix", absences.choose, name="absence_choices"),
    path("agenda/absence/<uuid:mass_id>/apercu", absences.preview, name="absence_preview"),
    path("agenda/absence/<uuid:mass_id>/envoyer", absences.send, name="send_absence"),
    path("agenda/absence/<uuid:mass_id>/reprendre", absences.undo, name="undo_absence"),
    path("agenda/absence/<uuid:mass_id>/appels/<uuid:line_id>", absences.call, name="absence_call"),
    path("agenda/retard/<uuid:practitioner_id>", delays.delay, name="delay"),
    path("agenda/pourquoi", explanations.why, name="why"),
    path("agenda/attente", queues.waiting, name="waiting_room"),
    path("agenda/a-traiter", queues.tasks, name="tasks"),
    path("agenda/liste-attente", waiting_list.waiting, name="waiting_list"),
    path("agenda/liste-attente/ajouter", waiting_list.add, name="waiting_list_add"),
    path("agenda/liste-attente/heure", waiting_list.candidates, name="waiting_list_time"),
    path("agenda/liste-attente/reglages", waiting_list.set_rules, name="waiting_list_rules"),
    path("agenda/liste-attente/<uuid:entry_id>", waiting_list.entry, name="waiting_list_entry"),
    path("agenda/liste-attente/<uuid:entry_id>/retirer", waiting_list.remove, name="waiting_list_remove"),
    path("agenda/liste-attente/heures/<uuid:freed_id>/arreter", waiting_list.stop, name="waiting_list_stop"),
    path("agenda/liste-attente/propositions/<uuid:offer_id>", waiting_list.answer, name="waiting_list_answer"),
    path("agenda/sms/<uuid:message_id>", incoming_sms.read, name="incoming_sms"),
    path("agenda/patients/search", found_patients.search, name="patient_search"),
    path("agenda/series/nouvelle", series.new, name="new_series"),
    path("agenda/series/<uuid:series_id>", series.show, name="series"),
    path("agenda/series/<uuid:series_id>/annuler", series.cancel, name="cancel_series"),
    path("agenda/series/<uuid:series_id>/ajouter", series.add, name="add_to_series"),
    path("agenda/groupes/nouveau", bundles.new, name="new_bundle"),
    path("agenda/groupes/<uuid:bundle_id>", bundles.show, name="bundle"),
    path("agenda/groupes/<uuid:bundle_id>/annuler", bundles.cancel, name="cancel_bundle"),
    path("agenda/rendez-vous/<uuid:appointment_id>/echanger", swaps.swap, name="swap"),
    path("agenda/rendez-vous/nouveau", bookings.new, name="new"),
    path("agenda/rendez-vous/horaires", bookings.times, name="times"),
    path("agenda/horaires-gardes", kept_times.keep, name="keep"),
    path("agenda/horaires-gardes/<uuid:hold_id>/rendre", kept_times.give_back, name="give_back"),
    path("agenda/rendez-vous/<uuid:appointment_id>", appointments.detail, name="appointment"),
    path("agenda/rv/<int:appointment_id>", appointments.detail, name="visit"),
    path("agenda/rv/<int:appointment_id>/statut", appointments.status, name="visit_status"),
    path("agenda/rendez-vous/<uuid:appointment_id>/statut", appointments.status, name="status"),
    path("agenda/rendez-vous/<uuid:appointment_id>/reprendre", appointments.undo, name="undo"),
    path("agenda/rendez-vous/<uuid:appointment_id>/annuler", appointments.cancel, name="cancel"),
    path("agenda/rendez-vous/<uuid:appointment_id>/deplacer", moves.move, name="move"),
    path("agenda/rendez-vous/<uuid:appointment_id>/conflit", conflicts.resolve, name="conflict"),
    path("agenda/patients/<uuid:patient_id>/reservation-en-ligne", online_booking.page, name="online_booking"),
    path("agenda/patients/<uuid:patient_id>/reservation-en-ligne/rouvrir", online_booking.lift, name="lift_closing"),
    path("agenda/patients/<uuid:patient_id>/reservation-en-ligne/refuser", online_booking.keep, name="keep_closing"),
    path("agenda/rendez-vous/<uuid:appointment_id>/excuser", online_booking.excuse, name="excuse"),
]
