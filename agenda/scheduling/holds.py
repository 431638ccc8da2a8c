"""Keeping a slot while somebody fills the form or is on the phone."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.actors import Actor
from agenda.errors import HoldGone
from agenda.free_times.openings import Visitor
from agenda.models import Hold, Occupancy
from agenda.occupancy import end_hold, resources_of, take
from agenda.scheduling.conflicts import settle_conflicts, settle_what_can
from agenda.scheduling.placing import find_place
from agenda.sharing import extend_everywhere
from agenda.signals import hold_changed
from agenda.sources import source as source_of
from medidesk.db.locks import lock_until_commit
from medidesk.db.rows import insert_of
from medidesk.db.transactions import act
from medidesk.errors import Refused

MOST_MINUTES = 60


@act
def hold_slot(
    *,
    visit_reason_id: UUID,
    start: datetime,
    actor: Actor,
    source: str,
    now: datetime,
    practitioner_id: UUID | None = None,
    site_id: UUID | None = None,
    minutes: int = 15,
    visitor_status: Literal["new", "known"] = "new",
    insist: str | None = None,
) -> Hold:
    """Keep a slot for `minutes` (at most 60), under the rules of booking. Raises what booking raises."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refused(_("Entre 1 et 60 minutes."), code="out-of-bounds", pointer="/minutes")
    visitor = Visitor(status=visitor_status, staff=actor.is_staff, channel=source_of(source).channel)
    place = find_place(
        visit_reason_id=visit_reason_id, start=start, now=now, visitor=lambda _row: visitor, practitioner_id=practitioner_id,
        site_id=site_id, insist=insist,
    )  # fmt: skip
    hold = Hold(
        practitioner_id=place.practitioner_id,
        site_id=place.site_id,
        visit_reason_id=visit_reason_id,
        start=place.start,
        end=place.end,
        expires_at=now + timedelta(minutes=minutes),
        lane=place.taking.lane,
        source=source,
        placed_by=actor.name,
        created_at=now,
    )
    take(place.taking, hold_id=hold.id, expires_at=hold.expires_at, after=[insert_of(hold)], revision=place.revision)
    hold_changed.send(sender=Hold, hold=hold, act="placed", origin="")
    return hold


@act
def release_hold(*, hold_id: UUID, actor: Actor, now: datetime) -> None:
    """Give the slot back. Raises HoldGone when the hold has ended (or never was)."""
    hold = _locked(hold_id, now)
    taken = list(Occupancy.objects.filter(hold=hold).values_list("resource", "start_minute", "end_minute"))
    end_hold(hold.id, Hold.State.RELEASED)
    settle_conflicts([(resource, (low, high)) for resource, low, high in taken], actor=actor, now=now)


@act
def extend_hold(*, hold_id: UUID, minutes: int, now: datetime) -> Hold:
    """Keep the slot `minutes` more from now, never past an hour after it was placed. Raises HoldGone."""
    hold = _locked(hold_id, now)
    hold.expires_at = min(now + timedelta(minutes=minutes), hold.created_at + timedelta(minutes=MOST_MINUTES))
    hold.save(update_fields=["expires_at"])
    Occupancy.objects.filter(hold=hold).update(expires_at=hold.expires_at)
    extend_everywhere([hold.practitioner_id], hold.pk, hold.expires_at)
    hold_changed.send(sender=Hold, hold=hold, act="extended", origin="")
    return hold


@act
def expire_holds(*, now: datetime, limit: int = 200) -> int:
    """End the holds whose time is over, so that other channels hear of it; answers how many.

    Conflicts settle too, also those on holds that somebody who looked for a time had ended before.
    """
    due = list(
        Hold.objects.filter(state=Hold.State.ACTIVE, expires_at__lte=now).order_by("expires_at").values_list("id", flat=True)[:limit]
    )
    lock_until_commit(Occupancy.objects.filter(hold_id__in=due).values_list("resource", flat=True))
    ended = sum(end_hold(hold_id, Hold.State.EXPIRED) for hold_id in due)
    settle_what_can(actor=Actor.system(), now=now)
    return ended


def _locked(hold_id: UUID, now: datetime) -> Hold:
    """An active hold, its resources locked. Raises HoldGone."""
    lock_until_commit(resources_of(hold_id=hold_id))
    hold = Hold.objects.select_for_update(no_key=True).filter(pk=hold_id, state=Hold.State.ACTIVE, expires_at__gt=now).first()
    if hold is None:
        raise HoldGone
    return hold
