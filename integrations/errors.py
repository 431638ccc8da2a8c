"""Why a platform could not be told or understood.

ConnectorError ─┬─ Unavailable         try again later; `unclear` when it may have been written ─── OverQuota  nothing may be asked now
                ├─ Refused             it says no, and will say no again ─── KeyRefused  until somebody gives another key
                ├─ Taken               the time is taken there
                ├─ CursorGone          the listing must be started again
                ├─ Outdated            it changed there meanwhile
                ├─ InDoubt             it may have been written, and nobody can find out but a person
                └─ NotUnderstood       kept for a person
TargetNotAllowed                       an address inside our own network
SecretUnreadable                       sealed for another cabinet or with another key
"""

from django.utils.translation import gettext as _

from medidesk.errors import Refused as RuleRefused


class ConnectorError(Exception):
    """Root of what goes wrong with a platform; the message is for the cabinet and never about a patient."""


class Unavailable(ConnectorError):
    """No answer, or one that only asks for patience. `retry_after` in seconds when the platform said so."""

    def __init__(self, message: str, *, unclear: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.unclear = unclear
        self.retry_after = retry_after


class OverQuota(Unavailable):
    """The account has used up what it may ask: everything waits, and no change is given up for it."""


class Refused(ConnectorError):
    """The platform refuses for good."""


class KeyRefused(Refused):
    """The API key opens nothing (any more)."""


class Taken(ConnectorError):
    """The time is not free there."""


class CursorGone(ConnectorError):
    """The cursor expired: everything must be read again."""


class Outdated(ConnectorError):
    """Somebody changed the visit there since it was read."""


class InDoubt(ConnectorError):
    """A creation was never answered, and the platform cannot be asked whether it was done."""


class NotUnderstood(ConnectorError):
    """What came is not what the contract says."""


class TargetNotAllowed(RuleRefused):
    """The address lies inside our own network, or is none."""

    code = "target-not-allowed"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _("Cette adresse n’est pas joignable depuis MediDesk."))


class SecretUnreadable(RuleRefused):
    """The stored secret cannot be opened."""

    code = "secret-unreadable"

    def __init__(self) -> None:
        super().__init__(_("Le secret enregistré ne peut pas être relu ; saisissez-le à nouveau."))
