"""What the verbs on bundles refuse."""

from django.utils.translation import gettext as _

from medidesk.errors import NotFound, Refused


class NoSuchBundle(NotFound):
    """No bundle has this id."""

    def __init__(self) -> None:
        super().__init__(_("Ces rendez-vous groupés n’existent pas."))


class PatientInTwoPlaces(Refused):
    """Two visits of one patient would overlap."""

    code = "patient-in-two-places"

    def __init__(self, pointer: str) -> None:
        super().__init__(_("Ce patient aurait deux rendez-vous en même temps."), pointer=pointer)
