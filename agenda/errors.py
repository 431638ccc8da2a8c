"""What the diary refuses. Every code is the contract's (rule codes: agenda/free_times/rules.py)."""

from django.utils.translation import gettext as _

from medidesk.errors import Conflicting, NotFound, Refused, Stale


class SlotTaken(Conflicting):
    """Somebody was faster, or the practitioner is already taken."""

    code = "slot-taken"

    def __init__(self, message: str = "", **facts) -> None:
        super().__init__(message or _("Cet horaire vient d’être pris."), **facts)


class ResourceTaken(SlotTaken):
    """The practitioner is free, but not the room or device that the visit needs."""

    code = "resource-taken"


class HoldGone(Conflicting):
    """The hold expired, was released or has been used."""

    code = "hold-gone"

    def __init__(self) -> None:
        super().__init__(_("La réservation provisoire n’existe plus."))


class HoldMismatch(Refused):
    """What is asked differs from what is held."""

    code = "hold-mismatch"

    def __init__(self, pointer: str) -> None:
        super().__init__(_("La demande ne correspond pas à la réservation provisoire."), pointer=pointer)


class AlreadyCancelled(Conflicting):
    """The visit is cancelled."""

    code = "already-cancelled"

    def __init__(self) -> None:
        super().__init__(_("Ce rendez-vous est déjà annulé."))


class StatusNotAllowed(Conflicting):
    """From its present status the visit cannot go there."""

    code = "status-not-allowed"

    def __init__(self) -> None:
        super().__init__(_("Le statut actuel du rendez-vous ne le permet pas."))


class NothingToUndo(Conflicting):
    """The last act cannot be taken back, or its time is no longer free."""

    code = "nothing-to-undo"

    def __init__(self) -> None:
        super().__init__(_("Il n’y a rien à reprendre."))


class UnknownReference(Refused):
    """An id in the request names nothing here."""

    code = "unknown-reference"

    def __init__(self, pointer: str) -> None:
        super().__init__(_("Cet identifiant n’existe pas."), pointer=pointer)


class StaleAppointment(Stale):
    """The visit has changed since the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(_("Le rendez-vous a changé entre-temps."), current=current)


class NoSuchAppointment(NotFound):
    """No visit has this id."""

    def __init__(self) -> None:
        super().__init__(_("Ce rendez-vous n’existe pas."))
