"""Are these two the same person? Exact equality finds a file; likeness only proposes one to a human (national identity rules: never merge
automatically; candidates are scored on names, crossed names, birth date with day and month perhaps swapped, sex, telephone, e-mail)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from django.db.models import Q, QuerySet
from rapidfuzz.distance import JaroWinkler

from medidesk.db.rows import columns_of, rows_read
from patients.models import Patient
from patients.traits import plain

THRESHOLD = 65  # of 100: from here on a person looks at the pair
MOST_CANDIDATES = 200
_LIKE = 0.90  # Jaro-Winkler: DUPONT and DUPOND are 0.93


class Details(Protocol):
    """What is compared: a registered patient, or the details that somebody gave."""

    @property
    def birth_name(self) -> str:
        """The name at birth."""

    @property
    def used_name(self) -> str:
        """The name in use."""

    @property
    def first_names(self) -> str:
        """All first names."""

    @property
    def birth_date(self) -> date | None:
        """The day of birth."""

    @property
    def sex(self) -> str:
        """F, M or U."""

    @property
    def email(self) -> str:
        """Empty when unknown."""

    @property
    def phone(self) -> str:
        """E.164; empty when unknown."""


def find_exact(details: Details) -> Patient | None:
    """The patient whose names, birth date, and phone or e-mail are equal to these (accents and case aside); the oldest file wins."""
    if not details.birth_date or not (details.phone or details.email):
        return None
    return _oldest_exact(_reachable(details).filter(birth_date=details.birth_date), details)


def find_exact_among(candidates: Collection[Patient], details: Details) -> Patient | None:
    """As find_exact, of what is `worth_comparing` with these details."""
    if len(candidates) >= MOST_CANDIDATES:
        return find_exact(details)
    if not details.birth_date or not (details.phone or details.email):
        return None
    return _oldest_exact((one for one in candidates if one.birth_date == details.birth_date and _shares_contact(one, details)), details)


def _oldest_exact(files: Iterable[Patient], details: Details) -> Patient | None:
    same = [one for one in files if _same_names(one, details)]
    return min(same, key=lambda one: (one.provisional, one.created_at, one.id), default=None)


def same_identity(details: Details) -> list[Patient]:
    """The living files with these names and this birth date, whatever the contact; sexes that differ make two persons."""
    if not details.birth_date:
        return []
    born = Patient.objects.filter(birth_date=details.birth_date, deleted_at=None).order_by("provisional", "created_at", "id")
    return [one for one in born if _same_names(one, details) and {one.sex, details.sex} != {"F", "M"}]


def near_matches(patient: Patient, candidates: Iterable[Patient] | None = None) -> list[tuple[Patient, int, list[str]]]:
    """Other files (of these candidates, when they are given) that may be the same person: score of 100 and reasons, the likeliest first."""
    scored = [(other, *likeness(patient, other)) for other in (worth_comparing(patient) if candidates is None else candidates)]
    return sorted((one for one in scored if one[1] >= THRESHOLD), key=lambda one: (-one[1], str(one[0].id)))


def likeness(one: Details, other: Details) -> tuple[int, list[str]]:
    """How alike two identities are, of 100, and why."""
    points: dict[str, int] = {}
    if one.birth_date and other.birth_date:
        if one.birth_date == other.birth_date:
            points["birth-date"] = 35
        elif _swapped(one.birth_date) == other.birth_date:
            points["birth-date-swapped"] = 20
    if _like(_surnames(one), _surnames(other)):
        points["name"] = 30
    if _like([plain(one.first_names)], [plain(other.first_names)]) or _first(one) == _first(other):
        points["first-names"] = 20
    if one.phone and one.phone == other.phone:
        points["phone"] = 15
    if one.email and one.email.lower() == other.email.lower():
        points["email"] = 15
    score = sum(points.values()) - (20 if {one.sex, other.sex} == {"F", "M"} else 0)
    return max(0, min(100, score)), list(points)


def _reachable(details: Details) -> QuerySet[Patient]:
    """The living files with this phone or this e-mail."""
    contact = Q()
    if details.phone:
        contact |= Q(phone=details.phone)
    if details.email:
        contact |= Q(email__iexact=details.email)
    return Patient.objects.filter(contact, deleted_at=None)


def _shares_contact(one: Patient, details: Details) -> bool:
    phone, email = details.phone, details.email.lower()
    return bool((phone and one.phone == phone) or (email and one.email.lower() == email))


# Null equals nothing: a trait that is not given finds nobody.
_WORTH = f"""
    SELECT {columns_of(Patient)} FROM patients_patient
    WHERE deleted_at IS NULL AND id <> %(own)s
    AND (birth_date = ANY(%(births)s::date[]) OR phone = %(phone)s OR upper(email) = %(email)s) LIMIT {MOST_CANDIDATES}
"""


def worth_comparing(patient: Patient) -> Iterable[Patient]:
    """The files worth comparing, by birth date (also swapped), phone, e-mail."""
    born = patient.birth_date
    births = [born, _swapped(born) or born] if born else []
    if not (births or patient.phone or patient.email):
        return []
    asked = {"births": births, "phone": patient.phone or None, "email": patient.email.upper() or None, "own": patient.pk}
    return rows_read(Patient, _WORTH, asked)


def _same_names(one: Details, other: Details) -> bool:
    """Equal first names, and every surname that both give is equal (one surname in common when each gives another kind)."""
    if plain(one.first_names) != plain(other.first_names):
        return False
    for mine, theirs in ((one.birth_name, other.birth_name), (one.used_name, other.used_name)):
        if mine and theirs and plain(mine) != plain(theirs):
            return False
    return bool(set(_surnames(one)) & set(_surnames(other)))


def _surnames(one: Details) -> list[str]:
    return [plain(name) for name in (one.birth_name, one.used_name) if name]


def _first(one: Details) -> str:
    return plain(one.first_names).partition(" ")[0]


def _like(some: list[str], others: list[str]) -> bool:
    return any(JaroWinkler.similarity(a, b) >= _LIKE for a in some for b in others if a and b)


def _swapped(day: date) -> date | None:
    """The date with day and month exchanged, when there is one."""
    try:
        return day.replace(day=day.month, month=day.day)
    except ValueError:
        return None
