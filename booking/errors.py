"""What the patients' site refuses, beyond what the diary refuses."""

from django.utils.translation import gettext as _

from medidesk.errors import Conflicting, MediDeskError, NotFound, Refused


class CodeRefused(Refused):
    """The code is wrong, too old, used, or was tried too often."""

    code = "code-not-valid"

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("Ce code n’est plus valable."))


class TooManyCodes(MediDeskError):
    """This contact, or this address, asked for too many codes."""

    status = 429
    code = "too-many-codes"

    def __init__(self) -> None:
        super().__init__(_("Trop de codes ont été demandés. Attendez une heure, ou appelez le cabinet."))


class NothingHeld(Conflicting):
    """The visitor holds no time."""

    code = "nothing-held"

    def __init__(self) -> None:
        super().__init__(_("Aucun horaire n’est gardé pour vous."))


class TooLateToChange(Refused):
    """The cabinet no longer lets patients move or cancel this visit by themselves."""

    code = "too-late-to-change"

    def __init__(self) -> None:
        super().__init__(_("Ce rendez-vous ne peut plus être modifié en ligne. Appelez le cabinet."))


class LinkNotValid(NotFound):
    """The signed link is not one of this cabinet's."""

    code = "link-not-valid"
