"""What a provider may answer.

MediDeskError ─┬─ ProviderUnavailable   try again later
               └─ ProviderRefused       never will: the number, the address or the text is not acceptable
"""

from medidesk.errors import MediDeskError


class ProviderUnavailable(MediDeskError):
    """The provider did not answer, or asked to wait; the message stays due."""

    status = 503
    code = "provider-unavailable"


class ProviderRefused(MediDeskError):
    """The provider refuses this message for good; the message is shown as failed."""

    status = 502
    code = "provider-refused"
