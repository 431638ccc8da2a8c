"""Which column of an export is what: the fields that an import knows, and the headings under which usual exports write them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.models.imports import ImportKind
from patients.traits import plain

Words: TypeAlias = "str | Promise"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column may hold. `headings` are plain texts, the surest first; `visits_only` has no meaning for patients."""

    name: str
    label: Words
    headings: tuple[str, ...]
    visits_only: bool = False


FIELDS = (
    Field("patient_number", _("Numéro de dossier"), (
        "numero de dossier", "n dossier", "no dossier", "num dossier", "numero dossier", "id patient", "numero patient", "n patient",
        "code patient", "identifiant patient", "patient id", "ref patient", "reference patient",
    )),
    Field("birth_name", _("Nom de naissance"), (
        "nom de naissance", "nom naissance", "nom de famille", "nom de jeune fille", "nom jeune fille", "nom patronymique", "birth name",
    )),
    Field("used_name", _("Nom utilisé"), (
        "nom utilise", "nom d usage", "nom usage", "nom usuel", "nom marital", "nom d epouse", "nom", "nom patient", "nom du patient",
        "patient nom", "last name", "lastname",
    )),
    Field("first_names", _("Prénom"), (
        "prenom", "prenoms", "prenom de naissance", "premier prenom", "prenom utilise", "prenom patient", "prenom du patient",
        "patient prenom", "first name", "firstname",
    )),
    Field("full_name", _("Nom et prénom ensemble"), (
        "nom et prenom", "nom prenom", "nom complet", "patient", "identite", "nom prenom patient", "titre", "resume", "summary",
    )),
    Field("birth_date", _("Date de naissance"), (
        "date de naissance", "date naissance", "ne e le", "ne le", "nee le", "naissance", "ddn", "dn", "date naiss", "birth date",
        "birthdate", "date de naissance du patient", "date de naissance patient",
    )),
    Field("sex", _("Sexe"), ("sexe", "genre", "sexe administratif", "civilite", "sex", "gender")),
    Field("mobile", _("Téléphone mobile"), (
        "mobile", "telephone mobile", "tel mobile", "portable", "telephone portable", "tel portable", "gsm", "mobile phone",
    )),
    Field("phone", _("Téléphone"), (
        "telephone", "tel", "numero de telephone", "telephone fixe", "fixe", "tel fixe", "tel domicile", "telephone domicile", "phone",
        "telephone du patient", "telephone patient",
    )),
    Field("email", _("E-mail"), ("email", "e mail", "mail", "adresse e mail", "adresse email", "adresse mail", "courriel")),
    Field("practitioner", _("Praticien"), (
        "praticien", "medecin", "docteur", "agenda", "nom du praticien", "professionnel", "soignant", "therapeute", "nom de l agenda",
        "intervenant", "practitioner",
    ), True),
    Field("reason", _("Motif"), (
        "motif", "motif de consultation", "motif du rdv", "motif rdv", "motif du rendez vous", "type de rdv", "type de rendez vous",
        "type de consultation", "type", "categories", "acte",
    ), True),
    Field("date", _("Date du rendez-vous"), (
        "date", "date du rdv", "date rdv", "date du rendez vous", "jour", "date de debut", "date debut", "date et heure", "date heure",
        "debut", "start",
    ), True),
    Field("time", _("Heure"), (
        "heure", "heure de debut", "heure debut", "heure du rdv", "heure rdv", "heure du rendez vous", "horaire", "start time",
    ), True),
    Field("end", _("Fin (heure, ou date et heure)"), ("fin", "heure de fin", "heure fin", "date de fin", "date fin", "end"), True),
    Field("duration", _("Durée"), ("duree", "duree minutes", "duree min", "duree en minutes", "duree du rdv", "duration"), True),
    Field("status", _("Statut"), ("statut", "etat", "statut du rdv", "statut rdv", "presence", "status"), True),
)  # fmt: skip
BY_NAME = {field.name: field for field in FIELDS}


def fields_of(kind: str) -> list[Field]:
    """The fields that an import of this kind knows, in the order of its page."""
    return [field for field in FIELDS if kind == ImportKind.VISITS or not field.visits_only]


def guess_columns(kind: str, headings: Sequence[str]) -> dict[str, int]:
    """{field: number of its column, from 0}: the headings that are recognised, each column used once.

    A lone « Nom » is the birth name; beside a birth name it is the name in use.
    """
    places: dict[str, int] = {}
    for number, heading in reversed(list(enumerate(headings))):
        places[plain(heading)] = number
    found: dict[str, int] = {}
    for field in fields_of(kind):
        if (place := _first(places, field.headings, set(found.values()))) is not None:
            found[field.name] = place
    if "used_name" in found and "birth_name" not in found:
        found["birth_name"] = found.pop("used_name")
    if "first_names" in found and "birth_name" in found:
        found.pop("full_name", None)
    return found


def _first(places: dict[str, int], headings: Iterable[str], used: set[int]) -> int | None:
    return next((places[one] for one in headings if one in places and places[one] not in used), None)
