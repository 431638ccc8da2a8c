"""Bundles and exchanges over REST: look for what fits, book all or none, end by one act; two visits exchange their times."""

from typing import Any

from agenda import scheduling
from agenda.api import visits
from agenda.api.appointments import PARTNER_SOURCE, actor_of, motive_of, source_of
from agenda.bundles.booking import Member, book_bundle, cancel_bundle
from agenda.bundles.offers import bundle_offers
from agenda.bundles.wishes import Wanted
from agenda.models import Appointment, Bundle
from agenda.scheduling import Booked
from medidesk.api.doors import Answer, Call, path_id
from medidesk.api.paging import page
from medidesk.api.problems import not_found
from medidesk.cabinets.current import current_zone

_READ = ("members__appointment",)


def find(call: Call) -> Bundle:
    """The bundle that the path names."""
    bundle = Bundle.objects.prefetch_related(*_READ).filter(pk=path_id(call)).first()
    if bundle is None:
        raise not_found()
    return bundle


def list_bundles(call: Call) -> Answer:
    """One page."""
    rows = Bundle.objects.prefetch_related(*_READ)
    if call.query["kind"]:
        rows = rows.filter(kind=call.query["kind"])
    return page(call, rows, _shown)


def get_bundle(call: Call) -> Answer:
    """One bundle with its visits."""
    return Answer.json(_shown([call.subject])[0], version=call.subject.version)


def offers(call: Call) -> Answer:
    """The first combinations in which everybody has a place."""
    body, zone = call.body, current_zone()
    members = [
        Wanted(
            patient_id=one["patient"], visit_reason_id=one["visit_reason"], practitioner_ids=tuple(one["practitioners"]),
            site_id=one["site"], least_gap=one["least_gap"], most_gap=one["most_gap"],
        )
        for one in body["members"]
    ]  # fmt: skip
    found = bundle_offers(
        members, arrangement=body["arrangement"], days=(body["from"], body["to"]), count=body["count"], actor=actor_of(call),
        source=PARTNER_SOURCE, now=call.now,
    )  # fmt: skip
    shown = [
        [
            {"practitioner": one.practitioner_id, "site": one.site_id, "start": one.start.astimezone(zone), "end": one.end.astimezone(zone)}
            for one in offer
        ]
        for offer in found
    ]
    return Answer.json({"offers": shown})


def book(call: Call) -> Answer:
    """A new bundle, whole."""
    body = call.body
    members = [
        Member(
            patient_id=one["patient"], visit_reason_id=one["visit_reason"], start=one["start"], practitioner_id=one["practitioner"],
            site_id=one["site"],
        )
        for one in body["members"]
    ]  # fmt: skip
    made = book_bundle(
        members, kind=body["kind"], actor=actor_of(call), source=source_of(call), now=call.now, insist=motive_of(call),
        on_existing=body["on_existing"],
    )  # fmt: skip
    shown = {**_head(made.bundle), "appointments": _booked(made.booked)}
    return Answer.json(shown, 201, version=made.bundle.version, location=f"/api/v1/bundles/{made.bundle.id}")


def cancel(call: Call) -> Answer:
    """The bundle, its visits to come cancelled."""
    cancel_bundle(bundle_id=call.subject.id, actor=actor_of(call), now=call.now, **call.body)
    bundle = find(call)
    return Answer.json(_shown([bundle])[0], 201, version=bundle.version)


def swap(call: Call) -> Answer:
    """Both visits, each where the other was."""
    one, other = scheduling.swap_appointments(
        appointment_id=call.subject.id, other_id=call.body["with"], actor=actor_of(call), now=call.now, insist=motive_of(call),
        expected_version=call.expected_version,
    )  # fmt: skip
    shown = _booked([one, other])
    return Answer.json({"appointment": shown[0], "with": shown[1]}, 201, version=one.appointment.version)


def _head(bundle: Bundle) -> dict[str, Any]:
    return {
        "id": bundle.id, "version": bundle.version, "kind": bundle.kind, "source": bundle.source, "booked_by": bundle.booked_by,
        "created_at": bundle.created_at, "updated_at": bundle.updated_at,
    }  # fmt: skip


def _shown(bundles: list[Bundle]) -> list[dict[str, Any]]:
    """These bundles; what their visits need is asked once for all."""
    members: list[list[Appointment]] = [[one.appointment for one in bundle.members.all()] for bundle in bundles]
    shown = iter(visits.render([visit for those in members for visit in those]))
    return [{**_head(bundle), "appointments": [next(shown) for _visit in those]} for bundle, those in zip(bundles, members, strict=True)]


def _booked(booked: list[Booked]) -> list[dict[str, Any]]:
    shown = visits.render([one.appointment for one in booked])
    return [
        {**visit, "warnings": [{"code": warning.code, "detail": warning.detail} for warning in one.warnings]}
        for visit, one in zip(shown, booked, strict=True)
    ]
