"""What opening a cabinet may be refused for.

MediDeskError ── Conflicting ─┬─ HostTaken
                              └─ NameTaken
"""

from medidesk.errors import Conflicting


class HostTaken(Conflicting):
    """The host name answers already, for another cabinet or for the platform."""

    code = "host-taken"


class NameTaken(Conflicting):
    """The short name is another cabinet's."""

    code = "name-taken"
