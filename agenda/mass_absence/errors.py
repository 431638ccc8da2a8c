"""What a mass absence refuses."""

from django.utils.translation import gettext as _

from medidesk.errors import Conflicting, NotFound, Stale


class NoSuchMassAbsence(NotFound):
    """No mass absence, or none of its lines, has this id."""

    def __init__(self) -> None:
        super().__init__(_("Cette absence n’existe pas."))


class StaleMassAbsence(Stale):
    """Somebody else has decided meanwhile."""

    def __init__(self, current: int) -> None:
        super().__init__(_("Quelqu’un a changé cette absence entre-temps. Relisez les choix."), current=current)


class AlreadySent(Conflicting):
    """Only a draft can be decided upon, sent or thrown away."""

    code = "already-sent"

    def __init__(self) -> None:
        super().__init__(_("Cette absence est déjà envoyée."))


class AlreadyUndone(Conflicting):
    """It was stopped or undone before, or never sent."""

    code = "already-undone"

    def __init__(self) -> None:
        super().__init__(_("Il n’y a plus rien à reprendre."))


class VisitsChanged(Conflicting):
    """Visits were booked in the absence since it was prepared: somebody has to decide about them."""

    code = "visits-changed"

    def __init__(self, count: int) -> None:
        super().__init__(_("Des rendez-vous ont été pris entre-temps. Décidez pour eux, puis envoyez."), count=count)


class AlreadyRebooked(Conflicting):
    """The patient has taken another time already, or the visit takes place after all."""

    code = "already-rebooked"

    def __init__(self) -> None:
        super().__init__(_("Vous avez déjà choisi un autre horaire."))
