"""What the verbs on series refuse."""

from django.utils.translation import gettext as _

from medidesk.errors import Conflicting, NotFound


class NoSuchSeries(NotFound):
    """No series has this id."""

    def __init__(self) -> None:
        super().__init__(_("Cette série n’existe pas."))


class NothingLeftToCancel(Conflicting):
    """Every visit that was meant is cancelled already, or has begun."""

    code = "already-cancelled"

    def __init__(self) -> None:
        super().__init__(_("Il ne reste aucun rendez-vous à annuler."))
