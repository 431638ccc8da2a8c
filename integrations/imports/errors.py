"""Why an import, or a line of it, is refused. No message names anybody."""

from django.utils.translation import gettext as _

from medidesk.errors import Conflicting, NotFound, Refused


class NoSuchImport(NotFound):
    """No import has this id."""

    def __init__(self) -> None:
        super().__init__(_("Cet import n’existe pas."))


class NotNow(Conflicting):
    """The import is not at the point where this may be asked."""

    code = "import-not-ready"

    def __init__(self) -> None:
        super().__init__(_("Cet import n’en est pas là\u00a0: rechargez la page."))


class TooLateToUndo(Refused):
    """The days for taking an import back are over."""

    code = "too-late-to-undo"

    def __init__(self) -> None:
        super().__init__(_("Un import s’annule pendant 30 jours\u00a0; ce délai est passé."))


class FileForgotten(Refused):
    """The text of the file has been erased."""

    code = "file-forgotten"

    def __init__(self) -> None:
        super().__init__(_("Le fichier de cet import a été effacé\u00a0: envoyez-le à nouveau."))


class MappingIncomplete(Refused):
    """A column, or a practitioner, is missing."""

    code = "mapping-incomplete"


class PatientNotKnown(Refused):
    """The line only gives a number that no earlier import of patients knows."""

    code = "patient-not-known"

    def __init__(self) -> None:
        super().__init__(_("Ce numéro de dossier n’est pas connu\u00a0: importez d’abord les patients."))
