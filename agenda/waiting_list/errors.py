"""What the waiting list refuses."""

from django.utils.translation import gettext as _

from medidesk.errors import Conflicting, NotFound, Refused, Stale


class NoSuchEntry(NotFound):
    """Nobody waits under this id."""

    def __init__(self) -> None:
        super().__init__(_("Cette inscription n’existe pas."))


class StaleEntry(Stale):
    """The entry has changed since the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(_("Cette inscription a changé entre-temps."), current=current)


class AlreadyWaiting(Conflicting):
    """The patient already waits for this reason."""

    code = "already-waiting"

    def __init__(self) -> None:
        super().__init__(_("Ce patient est déjà sur la liste d’attente pour ce motif."))


class NotWaiting(Conflicting):
    """The entry is closed, or somebody has just been offered a time."""

    code = "not-waiting"

    def __init__(self) -> None:
        super().__init__(_("Cette personne n’attend plus, ou une heure lui est déjà proposée."))


class OfferGone(Conflicting):
    """The offer has ended: answered, too late, or the time was taken otherwise."""

    code = "offer-gone"

    def __init__(self) -> None:
        super().__init__(_("Cet horaire n’est plus disponible. Vous restez sur la liste d’attente."))


class NoWayToReach(Refused):
    """The patient takes no message: somebody has to call."""

    code = "no-way-to-reach"

    def __init__(self) -> None:
        super().__init__(_("Ce patient ne reçoit ni SMS ni e-mail\u00a0: proposez par téléphone."), pointer="/channel")


class QuietHours(Refused):
    """Nobody is written to between 20:00 and 08:00."""

    code = "quiet-hours"

    def __init__(self) -> None:
        super().__init__(_("Aucun message ne part entre 20\u00a0h et 8\u00a0h."), pointer="/channel")
