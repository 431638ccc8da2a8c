"""Visit reasons."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agenda.models import BookableBy, OpeningHours, Practitioner, Quota, ReasonOffer, Resource, VisitReason
from agenda.setup.bounds import BOUNDS, DEFAULT_COLOR, color_of, impossible, named, within
from agenda.setup.saving import InUse, Kind, Values, known

DEFAULTS: dict[str, Any] = {
    "name": "", "internal_name": "", "duration_minutes": None, "buffer_before_minutes": 0, "buffer_after_minutes": 0, "grid_minutes": None,
    "min_notice_minutes": 0, "horizon_days": None, "bookable_by": BookableBy.EVERYONE, "needs_validation": False, "max_per_day": None,
    "min_days_between": None, "one_upcoming": False, "avoid_holes": False, "practitioners": [], "resource_kinds": [],
    "color": DEFAULT_COLOR,
}  # fmt: skip
PLAIN = tuple(name for name in DEFAULTS if name != "practitioners")
MOST_KINDS = 10


def values_of(reason: VisitReason) -> Values:
    """The reason under the contract's names."""
    offers = sorted(reason.offers.all(), key=lambda offer: str(offer.practitioner_id))
    offered = [{"id": offer.practitioner_id, "duration_minutes": offer.duration_minutes} for offer in offers]
    return {**{name: getattr(reason, name) for name in PLAIN}, "practitioners": offered}


def columns_of(values: Values) -> Values:
    """The checked columns."""
    named(values, "name", "duration_minutes")
    for name in BOUNDS.keys() & values.keys():
        within(name, values[name])
    if values["bookable_by"] not in BookableBy.values:
        raise impossible("not-a-choice", _("everyone, known ou staff."), "/bookable_by")
    if not set(values["resource_kinds"]) <= set(Resource.Kind.values) or len(values["resource_kinds"]) > MOST_KINDS:
        raise impossible("not-a-choice", _("Des salles ou des équipements."), "/resource_kinds")
    _check_offers(values["practitioners"])
    return {**{name: values[name] for name in PLAIN}, "color": color_of(values)}


def _check_offers(offers: list[Values]) -> None:
    ids = [offer["id"] for offer in offers]
    for index, offer in enumerate(offers):
        within("duration_minutes", offer["duration_minutes"], f"/practitioners/{index}/duration_minutes")
        if offer["id"] in ids[:index]:
            raise impossible("repeated", _("Ce praticien est déjà dans la liste."), f"/practitioners/{index}/id")
    found = set(Practitioner.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", flat=True))
    for index, one in enumerate(ids):
        if one not in found:
            known(Practitioner, [one], f"/practitioners/{index}/id", each=False)


def store_links(reason: VisitReason, links: Values) -> None:
    """Who offers the reason, and how long it takes them."""
    wanted = {offer["id"]: offer["duration_minutes"] for offer in links["practitioners"]}
    reason.offers.exclude(practitioner_id__in=wanted).delete()
    for practitioner_id, minutes in wanted.items():
        ReasonOffer.objects.update_or_create(visit_reason=reason, practitioner_id=practitioner_id, defaults={"duration_minutes": minutes})


def let_go(reason: VisitReason, now: datetime) -> None:
    """A reason that hours or a quota name stays (without it they would be for every reason); visits keep the reason that they had."""
    if OpeningHours.objects.filter(visit_reasons=reason, deleted_at=None).exists():
        raise InUse(_("Des horaires sont réservés à ce motif."))
    if Quota.objects.filter(visit_reasons=reason, deleted_at=None).exists():
        raise InUse(_("Un quota ne compte que certains motifs, dont celui-ci."))


REASONS = Kind(VisitReason, DEFAULTS, values_of, columns_of, ("practitioners",), store_links, let_go)
