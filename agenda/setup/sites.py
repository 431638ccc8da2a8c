"""Sites."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agenda.models import OpeningHours, Resource, Site
from agenda.models.appointment import FREEING, Appointment
from agenda.setup.bounds import named, phone_of
from agenda.setup.saving import InUse, Kind, Values, bump, retire

FIELDS = ("name", "address_line", "postal_code", "city", "phone")


def values_of(site: Site) -> Values:
    """The site under the contract's names."""
    return {name: getattr(site, name) for name in FIELDS}


def columns_of(values: Values) -> Values:
    """The checked columns."""
    named(values, "name")
    return {**{name: values[name] for name in FIELDS}, "phone": phone_of(values)}


def let_go(site: Site, now: datetime) -> None:
    """A site that hours, rooms or visits to come need stays; practitioners leave it, its closures and quotas end with it."""
    needed: list[Any] = [
        OpeningHours.objects.filter(site=site, deleted_at=None),
        Resource.objects.filter(site=site, deleted_at=None),
        Appointment.objects.filter(site=site, end__gt=now).exclude(status__in=FREEING),
    ]
    if any(rows.exists() for rows in needed):
        raise InUse(_("Des horaires, des salles ou des rendez-vous à venir ont besoin de ce lieu."))
    there = list(site.practitioners.filter(deleted_at=None))
    site.practitioners.clear()
    bump(there, now)
    retire(site.absences.filter(deleted_at=None), now)
    retire(site.quotas.filter(deleted_at=None), now)


SITES = Kind(Site, dict.fromkeys(FIELDS, ""), values_of, columns_of, let_go=let_go)
