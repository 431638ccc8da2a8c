"""Rooms and devices."""

from datetime import datetime

from django.utils.translation import gettext as _

from agenda.calendar.wall_time import epoch_minute
from agenda.models import Occupancy, Resource, Site
from agenda.setup.bounds import impossible, named
from agenda.setup.saving import InUse, Kind, Values, known


def values_of(resource: Resource) -> Values:
    """The room or device under the contract's names."""
    return {"name": resource.name, "kind": resource.kind, "site": resource.site_id}


def columns_of(values: Values) -> Values:
    """The checked columns."""
    named(values, "name")
    if values["kind"] not in Resource.Kind.values:
        raise impossible("not-a-choice", _("Une salle ou un équipement."), "/kind")
    known(Site, [values["site"]], "/site", each=False)
    return {"name": values["name"], "kind": values["kind"], "site_id": values["site"]}


def let_go(resource: Resource, now: datetime) -> None:
    """What a visit to come needs stays."""
    if Occupancy.objects.filter(resource=resource.id, end_minute__gt=epoch_minute(now), appointment__isnull=False).exists():
        raise InUse(_("Des rendez-vous à venir ont besoin de cette salle ou de cet équipement."))


RESOURCES = Kind(Resource, {"name": "", "kind": "", "site": None}, values_of, columns_of, let_go=let_go)
