"""The verbs of the diary: one per act, used by every door."""

from agenda.scheduling.booking import Booked, book_appointment
from agenda.scheduling.cancelling import cancel_appointment
from agenda.scheduling.holds import expire_holds, extend_hold, hold_slot, release_hold
from agenda.scheduling.importing import import_visit, recognise_import, reschedule_import, set_patient, withdraw_import
from agenda.scheduling.moving import move_appointment
from agenda.scheduling.statuses import change_status, confirm_request
from agenda.scheduling.swapping import swap_appointments
from agenda.scheduling.undoing import undo_last

__all__ = [
    "Booked", "book_appointment", "cancel_appointment", "change_status", "confirm_request", "expire_holds", "extend_hold", "hold_slot",
    "import_visit", "move_appointment", "recognise_import", "release_hold", "reschedule_import", "set_patient", "swap_appointments",
    "undo_last", "withdraw_import",
]  # fmt: skip
