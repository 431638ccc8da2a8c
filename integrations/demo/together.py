"""A physiotherapy series, two mornings a week, and two children of one family one after the other."""

from datetime import datetime, timedelta

from agenda.bundles.booking import Member, book_bundle
from agenda.bundles.offers import bundle_offers
from agenda.bundles.wishes import Wanted
from agenda.free_times.availability import free_slots
from agenda.free_times.openings import Visitor
from agenda.models import Practitioner, VisitReason
from agenda.series.booking import book_series
from agenda.series.wishes import Wish
from integrations.demo.visits import STAFF, Filling
from patients.models import Patient

SESSIONS = 12
DAYS = (1, 4)  # Tuesday and Friday
AFTER = timedelta(weeks=3, days=1)  # the platforms tell nothing later


def plan_together(filling: Filling, physiotherapist: Practitioner, session: VisitReason, doctor: Practitioner, visit: VisitReason) -> None:
    """Book both through their verbs."""
    patient = filling.patients[7]
    starts = _sessions(filling, physiotherapist, session)
    if starts:
        wish = Wish(patient_id=patient.id, visit_reason_id=session.id, practitioner_id=physiotherapist.id, starts=starts)
        book_series(wish, actor=STAFF, source="phone", now=filling.now)
    _family(filling, doctor, visit)


def _sessions(filling: Filling, practitioner: Practitioner, reason: VisitReason) -> list[datetime]:
    """The first free time from eleven on of the next Tuesdays and Fridays, beside what the platforms are about to tell."""
    given = [one["start"] for one in filling.elsewhere or () if one["practitioner"].id == practitioner.id]
    length = timedelta(minutes=reason.duration_minutes)
    offers = free_slots(
        visit_reason_id=reason.id, start_date=filling.today + timedelta(days=1), end_date=filling.today + timedelta(weeks=8),
        now=filling.now, visitor=Visitor(status="known", staff=True, channel="phone"), practitioner_ids=[practitioner.id],
    )  # fmt: skip
    days: dict = {}
    for slot in (slot for offer in offers for slot in offer.slots):
        wall = slot.start.astimezone(filling.zone)
        if wall.weekday() in DAYS and wall.hour >= 11 and not any(abs(slot.start - one) < length for one in given):
            days.setdefault(wall.date(), slot.start)
    return list(days.values())[:SESSIONS]


def _family(filling: Filling, doctor: Practitioner, reason: VisitReason) -> None:
    """Two of one family name, if there are."""
    names: dict[str, list[Patient]] = {}
    for one in filling.patients:
        names.setdefault(one.birth_name, []).append(one)
    pair = next((those[:2] for those in names.values() if len(those) > 1), None)
    if pair is None:
        return
    wanted = [Wanted(patient_id=one.id, visit_reason_id=reason.id, practitioner_ids=(doctor.id,)) for one in pair]
    first = filling.today + AFTER
    found = bundle_offers(
        wanted, arrangement="in_turn", days=(first, first + timedelta(days=14)), actor=STAFF, source="phone", now=filling.now, count=1
    )
    if found:
        members = [
            Member(patient_id=one.id, visit_reason_id=reason.id, practitioner_id=place.practitioner_id, start=place.start)
            for one, place in zip(pair, found[0], strict=True)
        ]
        book_bundle(members, kind="family", actor=STAFF, source="phone", now=filling.now)
