"""What is refused about patients. No message names anybody."""

from django.utils.translation import gettext as _

from medidesk.errors import NotFound, Refused, Stale


class DetailsMissing(Refused):
    """A trait without which nobody can be registered."""

    code = "required"

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message, pointer=pointer)


class NoSuchPatient(NotFound):
    """No file has this id."""

    def __init__(self) -> None:
        super().__init__(_("Ce patient n’existe pas."))


class StalePatient(Stale):
    """The file has changed since the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(_("Cette fiche a changé entre-temps."), current=current)
