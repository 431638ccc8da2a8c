"""An absence that meets booked visits: prepare, decide for each, send, stop or undo, carry out after ten minutes.

`prepare` → `decide`, `decide_all` → `send` → (`undo`) → `carry_out_due`; a patient answers by `rebook`.
"""

from agenda.mass_absence.affected import Scope, affected_visits
from agenda.mass_absence.carrying_out import carry_out_due
from agenda.mass_absence.deciding import Choice, decide, decide_all, discard, note_call, prepare, rehearse, renew_lines
from agenda.mass_absence.rebooking import rebook
from agenda.mass_absence.sending import GRACE, announce, send, undo

__all__ = [
    "Choice", "GRACE", "Scope", "affected_visits", "announce", "carry_out_due", "decide", "decide_all", "discard", "note_call", "prepare",
    "rebook", "rehearse", "renew_lines", "send", "undo",
]  # fmt: skip
