"""Practitioners."""

import csv
import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from stdnum import luhn

from agenda.models import Practitioner, Site
from agenda.models.appointment import FREEING
from agenda.setup.bounds import DEFAULT_COLOR, color_of, impossible, named
from agenda.setup.opening import Days
from agenda.setup.saving import InUse, Kind, Values, bump, known, retire

PLAIN = ("title", "first_name", "last_name", "specialty", "rpps", "bookable_online", "works_on_holidays", "color")
DEFAULTS: dict[str, Any] = {
    "title": "", "first_name": "", "last_name": "", "specialty": None, "rpps": "", "sites": [], "bookable_online": True,
    "works_on_holidays": False, "color": DEFAULT_COLOR,
}  # fmt: skip
_TRE_R38 = Path(__file__).resolve().parent.parent / "reference" / "tre_r38.csv"


@lru_cache(maxsize=1)
def specialties() -> dict[str, str]:
    """The national codes of specialties and their labels (terminology TRE_R38-SpecialiteOrdinale)."""
    with _TRE_R38.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["display"] for row in csv.DictReader(lines)}


def rpps_checked(rpps: str) -> bool | None:
    """Does the check digit (Luhn over the 11 digits) hold? None without a number. A failing number is kept: real ones do."""
    return luhn.is_valid(rpps) if rpps else None


def values_of(practitioner: Practitioner) -> Values:
    """The practitioner under the contract's names."""
    values = {name: getattr(practitioner, name) for name in PLAIN}
    return {**values, "sites": sorted(site.id for site in practitioner.sites.all())}


def columns_of(values: Values) -> Values:
    """The checked columns."""
    named(values, "first_name", "last_name")
    if values["specialty"] is not None and values["specialty"] not in specialties():
        raise impossible("unknown-specialty", _("Ce code n’est pas dans la nomenclature TRE_R38."), "/specialty")
    if values["rpps"] and not re.fullmatch(r"\d{11}", values["rpps"], re.ASCII):
        raise impossible("rpps-not-valid", _("Un numéro RPPS a 11 chiffres."), "/rpps")
    known(Site, values["sites"], "/sites")
    return {**{name: values[name] for name in PLAIN}, "color": color_of(values)}


def store_links(practitioner: Practitioner, links: Values) -> None:
    """Where the practitioner works."""
    practitioner.sites.set(links["sites"])


def let_go(practitioner: Practitioner, now: datetime) -> None:
    """Whoever has visits to come stays; hours, absences and quotas end with the practitioner, reasons lose one who offers them."""
    if practitioner.appointments.filter(end__gt=now).exclude(status__in=FREEING).exists():
        raise InUse(_("Ce praticien a des rendez-vous à venir."))
    retire(practitioner.opening_hours.filter(deleted_at=None), now)
    retire(practitioner.absences.filter(deleted_at=None), now)
    retire(practitioner.quotas.filter(deleted_at=None), now)
    offered = list(practitioner.visit_reasons.filter(deleted_at=None))
    practitioner.offers.all().delete()
    bump(offered, now)


def days_of(values: Values) -> Days:
    """Any day: somebody may begin to work on holidays."""
    return None, None


PRACTITIONERS = Kind(Practitioner, DEFAULTS, values_of, columns_of, ("sites",), store_links, let_go, days_of)
