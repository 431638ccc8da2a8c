"""Visits booked all or none: a family, the steps of a patient's care."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.bundles.booking import Member, book_bundle, cancel_bundle
from agenda.bundles.errors import NoSuchBundle
from agenda.bundles.offers import bundle_offers
from agenda.bundles.wishes import Wanted
from agenda.errors import UnknownReference
from agenda.models import Bundle, BundleMember, Occupancy
from agenda.series.errors import NothingLeftToCancel
from medidesk.errors import MediDeskError, Refused
from tests.agenda.diary import (
    MONDAY,
    NOW,
    PARTNER,
    STAFF,
    at,
    make_hours,
    make_patient,
    make_practitioner,
    make_reason,
    make_room,
    make_site,
)
from tests.agenda.test_series import WEEK, rows
from tests.agenda.told import TEN, TWO_MINUTES, planned, sent

DAY = timedelta(days=1)


@pytest.fixture
def ali(diary):
    return make_patient(first_names="Ali")


@pytest.fixture
def paul(diary):
    """A second practitioner with the same Monday mornings and reason."""
    paul = make_practitioner(diary.site, first_name="Paul", position=1)
    make_hours(paul, diary.site)
    diary.reason.offers.create(practitioner=paul)
    return paul


def wanted(diary, patient=None, reason=None, **values):
    return Wanted(patient_id=(patient or diary.nour).id, visit_reason_id=(reason or diary.reason).id, **values)


def offers(*members, arrangement="in_turn", days=(MONDAY, MONDAY + DAY), actor=STAFF, **values):
    found = bundle_offers(members, arrangement=arrangement, days=days, actor=actor, source="phone", now=NOW, **values)
    return [[(one.start, one.practitioner_id) for one in offer] for offer in found]


def starts(found):
    return [[start for start, _who in offer] for offer in found]


def member(diary, start, patient=None, reason=None, **values):
    fields = {"patient_id": (patient or diary.nour).id, "visit_reason_id": (reason or diary.reason).id, "start": start}
    return Member(**fields | {"practitioner_id": diary.alma.id} | values)


def book(*members, actor=STAFF, kind="family", **values):
    return book_bundle(members, kind=kind, actor=actor, source="phone", now=NOW, **values)


def test_a_family_one_after_the_other(diary, ali):
    diary.book(at(9, 30))

    found = offers(wanted(diary), wanted(diary, ali), count=3)

    assert starts(found) == [[at(9), at(10)], [at(10), at(10, 30)], [at(10, 30), at(11)]]


def test_a_family_at_once_with_two_practitioners(diary, ali, paul):
    diary.book(at(9), practitioner_id=paul.id)

    found = offers(wanted(diary), wanted(diary, ali, most_gap=0), arrangement="at_once", count=1)

    assert found == [[(at(9, 30), diary.alma.id), (at(9, 30), paul.id)]]


def test_a_care_path_in_its_order_with_its_gaps(diary):
    exam = make_reason(diary.alma, name="Bilan", duration_minutes=60, grid_minutes=30)

    found = offers(
        wanted(diary, reason=exam), wanted(diary, least_gap=6 * 1440, most_gap=8 * 1440), days=(MONDAY, MONDAY + 2 * WEEK), count=2
    )

    assert starts(found) == [[at(9), at(9, day=MONDAY + WEEK)], [at(9, 30), at(9, day=MONDAY + WEEK)]]


def test_a_patient_is_not_in_two_places(diary, paul):
    assert offers(wanted(diary), wanted(diary, most_gap=0), arrangement="at_once") == []


def test_buffers_keep_members_apart(diary, ali):
    diary.reason.buffer_after_minutes = 10
    diary.reason.save()

    assert starts(offers(wanted(diary), wanted(diary, ali), count=1)) == [[at(9), at(10)]]


def test_one_room_serves_one_member_at_a_time(diary, ali, paul):
    make_room(diary.site)
    reason = make_reason(diary.alma, paul, name="Écho", resource_kinds=["room"])

    at_once = offers(wanted(diary, reason=reason), wanted(diary, ali, reason=reason, most_gap=0), arrangement="at_once")
    make_room(diary.site, "Salle 2")

    assert at_once == []
    assert len(offers(wanted(diary, reason=reason), wanted(diary, ali, reason=reason, most_gap=0), arrangement="at_once")) == 5


def test_one_day_is_spent_at_one_site(diary, ali, paul):
    other = make_site(name="Annexe")
    elsewhere = make_practitioner(other, first_name="Zoé", position=2)
    make_hours(elsewhere, other)
    reason = make_reason(elsewhere, name="Soin")

    assert offers(wanted(diary), wanted(diary, ali, reason=reason)) == []


def test_what_is_offered_can_be_booked(diary, ali, paul):
    for offer in offers(wanted(diary), wanted(diary, ali), count=4)[::2]:
        (first, first_with), (second, second_with) = offer
        book(
            member(diary, first, practitioner_id=first_with), member(diary, second, ali, practitioner_id=second_with),
            actor=PARTNER, on_existing="keep",
        )  # fmt: skip

    assert Bundle.objects.count() == 2


def test_queries_do_not_depend_on_the_days(diary, ali, paul):
    def queries(days):
        with CaptureQueriesContext(connection) as captured:
            offers(wanted(diary), wanted(diary, ali), days=(MONDAY, MONDAY + days * DAY))
        return len(captured)

    queries(1)
    assert queries(91) == queries(2)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"most_gap": -1}, "/members/1/most_gap"),
        ({"least_gap": -5}, "/members/1/least_gap"),
        ({"least_gap": 60, "most_gap": 30}, "/members/1/most_gap"),
    ],
)
def test_gaps_have_bounds(diary, ali, change, pointer):
    with pytest.raises(Refused) as refusal:
        offers(wanted(diary), wanted(diary, ali, **change))

    assert (refusal.value.code, refusal.value.pointer) == ("out-of-bounds", pointer)


def test_windows_and_numbers_have_bounds(diary, ali):
    pair = (wanted(diary), wanted(diary, ali))
    calls = (
        lambda: offers(wanted(diary)), lambda: offers(*[wanted(diary)] * 9), lambda: offers(*pair, count=21),
        lambda: offers(*pair, days=(MONDAY, MONDAY)), lambda: offers(*pair, days=(MONDAY, MONDAY + 93 * DAY)),
        lambda: book(member(diary, at(9))),
    )  # fmt: skip
    told = []
    for call in calls:
        with pytest.raises(Refused) as refusal:
            call()
        told.append((refusal.value.code, refusal.value.pointer))

    out = "out-of-bounds"
    assert told == [(out, "/members"), (out, "/members"), (out, "/count"), (out, "/to"), (out, "/to"), (out, "/members")]


@pytest.mark.parametrize("name", ["patient_id", "visit_reason_id", "site_id", "practitioner_ids"])
def test_what_names_nothing(diary, ali, name):
    fields = {"patient_id": ali.id, "visit_reason_id": diary.reason.id}
    strange = (uuid4(),) if name == "practitioner_ids" else uuid4()

    with pytest.raises(UnknownReference) as refusal:
        offers(wanted(diary), Wanted(**fields | {name: strange}))

    assert refusal.value.pointer == f"/members/1/{'practitioners' if name == 'practitioner_ids' else name.removesuffix('_id')}"


def test_a_hopeless_search_ends(diary, ali):
    make_hours(diary.alma, diary.site, 8, 20, weekday=1)
    family = [wanted(diary, make_patient(first_names=f"E{n}"), most_gap=700) for n in range(7)]
    nowhere = make_reason(diary.alma, name="Introuvable", bookable_by="staff", duration_minutes=480, grid_minutes=30)

    assert offers(*family, wanted(diary, reason=nowhere, least_gap=600, most_gap=1000), days=(MONDAY, MONDAY + 90 * DAY)) == []


def test_all_are_booked(diary, ali):
    booked = book(member(diary, at(9)), member(diary, at(9, 30), ali))

    assert list(BundleMember.objects.values_list("number", "appointment__start", "appointment__patient")) == [
        (1, at(9), diary.nour.id), (2, at(9, 30), ali.id),
    ]  # fmt: skip
    assert (booked.bundle.kind, booked.bundle.booked_by) == ("family", "Basile")


def test_when_one_is_taken_nothing_remains(diary, ali):
    diary.book(at(9, 30))
    before = rows()

    with pytest.raises(MediDeskError) as refusal:
        book(member(diary, at(9)), member(diary, at(9, 30), ali))

    assert (refusal.value.code, refusal.value.pointer) == ("slot-taken", "/members/1")
    assert rows() == before


def test_an_unknown_patient_is_named(diary):
    with pytest.raises(UnknownReference) as refusal:
        book(member(diary, at(9)), member(diary, at(10), patient_id=uuid4()))

    assert (refusal.value.pointer, Bundle.objects.count()) == ("/members/1/patient", 0)


def test_one_patient_cannot_be_booked_twice_at_once(diary, paul):
    with pytest.raises(Refused) as refusal:
        book(member(diary, at(9)), member(diary, at(9), practitioner_id=paul.id))

    assert (refusal.value.code, refusal.value.pointer) == ("patient-in-two-places", "/members/1")


def test_steps_for_the_same_reason_do_not_stand_in_each_other_s_way(diary):
    diary.reason.one_upcoming = True
    diary.reason.save()

    booked = book(member(diary, at(9)), member(diary, at(10)), actor=PARTNER, kind="care_path")

    assert len(booked.booked) == 2


def test_a_motive_passes_over_rules(diary, ali):
    diary.book(at(9, 30))

    booked = book(member(diary, at(9)), member(diary, at(9, 30), ali), insist="Fratrie")

    assert [one.appointment.lane for one in booked.booked] == ["normal", "extra"]


def test_one_message_per_household(diary, visit_link):
    sister = make_patient(first_names="Lina")
    neighbour = make_patient(first_names="Max", email="max@patients.example")

    book(member(diary, TEN), member(diary, TEN + TWO_MINUTES * 15, sister), member(diary, TEN + TWO_MINUTES * 30, neighbour))

    assert sorted(kind for kind, _channel, _due in planned()) == ["reminder"] * 3 + ["several_booked"] * 2
    texts = sorted(sent(NOW))
    assert ["Vos 2 rendez-vous" in text for text in texts].count(True) == 1
    assert not any(name in text for text in texts for name in ("Lina", "Max", "Nour", "Haddad", "Consultation"))


def test_the_bundle_is_cancelled_by_one_act(diary, ali, visit_link):
    bundle = book(member(diary, TEN), member(diary, TEN + TWO_MINUTES * 15, ali)).bundle
    sent(NOW)

    cancelled = cancel_bundle(bundle_id=bundle.id, by="cabinet", reason="Absence", actor=STAFF, now=NOW)

    assert [one.status for one in cancelled] == ["cancelled"] * 2
    assert Occupancy.objects.count() == 0
    assert [(kind, due) for kind, _channel, due in planned()] == [("several_cancelled", NOW + TWO_MINUTES)]
    [text] = sent(NOW + TWO_MINUTES)
    assert "Vos 2 rendez-vous ne peuvent pas avoir lieu." in text
    with pytest.raises(NothingLeftToCancel):
        cancel_bundle(bundle_id=bundle.id, by="cabinet", reason="", actor=STAFF, now=NOW)
    with pytest.raises(NoSuchBundle):
        cancel_bundle(bundle_id=uuid4(), by="cabinet", reason="", actor=STAFF, now=NOW)
