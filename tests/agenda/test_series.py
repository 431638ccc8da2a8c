"""Several visits by one act: looked at, booked, added to, ended."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.errors import UnknownReference
from agenda.models import Appointment, JournalEntry, Occupancy, Series, SeriesOccurrence
from agenda.series.booking import add_occurrence, book_series
from agenda.series.ending import cancel_rest
from agenda.series.errors import NoSuchSeries, NothingLeftToCancel
from agenda.series.planning import plan_series
from agenda.series.wishes import Wish
from medidesk.errors import MediDeskError, Refused
from tests.agenda.diary import MONDAY, NOW, PARTNER, PATIENT, STAFF, at, make_absence, make_patient, make_reason, make_room
from tests.agenda.told import TEN, cancel, move, planned, sent

WEEK = timedelta(days=7)
MONDAYS = [at(9, day=MONDAY + n * WEEK) for n in range(4)]


def wish(diary, starts=MONDAYS, **changes):
    fields = {"patient_id": diary.nour.id, "visit_reason_id": diary.reason.id, "practitioner_id": diary.alma.id, "starts": starts}
    return Wish(**fields | changes)


def look(diary, starts=MONDAYS, actor=STAFF, **changes):
    return plan_series(wish(diary, starts, **changes), actor=actor, source="phone", now=NOW)


def book(diary, starts=MONDAYS, actor=STAFF, source="phone", whole=False, **changes):
    return book_series(wish(diary, starts, **changes), actor=actor, source=source, now=NOW, whole=whole)


def outcomes(booked):
    return [one.occurrence.outcome for one in booked.report]


def codes(prospects):
    return [[refusal.code for refusal in one.in_the_way] for one in prospects]


def rows():
    """How many rows each table of the cabinet holds; sequences of the set-up apart."""
    return {model.__name__: model.objects.count() for model in apps.get_models() if model._meta.app_label in ("agenda", "messaging")}


def test_each_occurrence_is_booked(diary):
    booked = book(diary)

    assert outcomes(booked) == ["booked"] * 4
    assert list(Appointment.objects.order_by("start").values_list("start", "patient", "source")) == [
        (start, diary.nour.id, "phone") for start in MONDAYS
    ]
    assert list(SeriesOccurrence.objects.values_list("number", "wanted")) == list(enumerate(MONDAYS, 1))


def test_an_occurrence_that_is_taken_is_reported_and_the_others_booked(diary):
    diary.book(MONDAYS[1], patient_id=make_patient(first_names="Ali").id)

    booked = book(diary)

    assert outcomes(booked) == ["booked", "slot-taken", "booked", "booked"]
    assert booked.report[1].occurrence.detail == "Cet horaire vient d’être pris."
    assert booked.report[1].occurrence.appointment is None


def test_one_that_is_refused_leaves_nothing_when_the_series_is_wanted_whole(diary):
    diary.book(MONDAYS[1], patient_id=make_patient(first_names="Ali").id)
    before = rows()

    with pytest.raises(MediDeskError) as refusal:
        book(diary, whole=True)

    assert (refusal.value.code, refusal.value.pointer) == ("slot-taken", "/occurrences/1")
    assert [one["outcome"] for one in refusal.value.facts["occurrences"]] == ["booked", "slot-taken", "booked", "booked"]
    assert rows() == before


def test_a_series_of_which_nothing_can_be_booked_leaves_nothing(diary):
    make_absence(at(0), at(0, day=date(2026, 4, 30)), practitioner=diary.alma)
    before = rows()

    with pytest.raises(Refused) as refusal:
        book(diary)

    assert refusal.value.code == "practitioner-absent"
    assert rows() == before


def test_a_motive_books_over_rules_in_the_extra_lane(diary):
    diary.book(MONDAYS[1], patient_id=make_patient(first_names="Ali").id)

    book(diary, insist="Rééducation urgente")

    assert list(Appointment.objects.filter(patient=diary.nour).order_by("start").values_list("lane", "insist_reason")) == [
        ("normal", ""), ("extra", "Rééducation urgente"), ("normal", ""), ("normal", ""),
    ]  # fmt: skip


def test_one_visit_to_come_counts_other_visits_not_those_of_the_series(diary):
    diary.reason.one_upcoming = True
    diary.reason.save()

    assert outcomes(book(diary, actor=PARTNER, source="partner")) == ["booked"] * 4
    with pytest.raises(Refused) as refusal:
        book(diary, [start + timedelta(minutes=30) for start in MONDAYS], actor=PARTNER, source="partner")
    assert refusal.value.code == "patient-already-booked"
    later = book(diary, [at(11)], actor=PARTNER, source="partner", on_existing="keep")
    assert outcomes(later) == ["booked"]


def test_visits_of_a_series_keep_their_distance(diary):
    diary.reason.min_days_between = 10
    diary.reason.save()

    assert outcomes(book(diary, actor=PARTNER, source="partner")) == ["booked", "too-soon-after-last-visit"] * 2
    assert len(book(diary, [start + timedelta(hours=1) for start in MONDAYS]).report[0].warnings) == 1


@pytest.mark.parametrize("name", ["patient_id", "visit_reason_id", "practitioner_id", "site_id"])
def test_what_names_nothing(diary, name):
    with pytest.raises(UnknownReference) as refusal:
        book(diary, **{name: uuid4()})

    assert refusal.value.pointer == f"/{name.removesuffix('_id')}"
    assert Series.objects.count() == 0


def test_looking_says_what_booking_does(diary):
    diary.book(MONDAYS[1], patient_id=make_patient(first_names="Ali").id)
    starts = [*MONDAYS, MONDAYS[0], at(8), at(9, 15)]

    found = look(diary, starts, actor=PARTNER)

    assert codes(found)[:4] == [[], ["slot-taken"], [], []]
    booked = book(diary, starts, actor=PARTNER)
    assert [(one.in_the_way[0].code if one.in_the_way else "booked") for one in found] == outcomes(booked)


def test_looking_writes_nothing(diary):
    before = rows()

    look(diary)

    assert rows() == before


def test_alternatives_are_the_nearest_free_times(diary):
    diary.book(MONDAYS[1], patient_id=make_patient(first_names="Ali").id)

    refused = look(diary, [at(9, 30, day=MONDAY + WEEK), MONDAYS[1]])[1]

    day = MONDAY + WEEK
    assert refused.alternatives == [at(10, day=day), at(10, 30, day=day), at(11, day=day)]


def test_looking_asks_a_fixed_number_of_queries(diary):
    diary.reason.min_days_between = 2
    diary.reason.save()
    make_room(diary.site)
    look(diary)  # warms the schedule

    def queries(starts):
        with CaptureQueriesContext(connection) as captured:
            look(diary, starts)
        return len(captured)

    few = [at(8), at(9)]
    many = [*few, *(at(9, day=MONDAY + n * WEEK) for n in range(1, 30)), at(8, day=MONDAY + 31 * WEEK)]
    assert queries(many) == queries(few) <= 12


def test_a_room_is_taken_by_each_occurrence(diary):
    room = make_room(diary.site)
    reason = make_reason(diary.alma, name="Rééducation", resource_kinds=["room"])

    book(diary, visit_reason_id=reason.id)

    assert Occupancy.objects.filter(resource=room.id).count() == 4


@pytest.mark.parametrize("actor", [STAFF, PARTNER, PATIENT])
def test_occurrences_never_overlap(diary, actor):
    starts = [at(9) + timedelta(minutes=step) for step in (0, 30, 15, 0, 60, 45, 59, 90)]

    booked = book(diary, starts, actor=actor)

    taken = sorted((one.start, one.end) for one in Appointment.objects.all())
    assert all(first[1] <= second[0] for first, second in zip(taken, taken[1:], strict=False))
    assert outcomes(booked).count("booked") == len(taken) >= 4


def test_the_patient_is_told_once(diary, mobile, visit_link):
    book(diary, [start + WEEK for start in MONDAYS])

    assert [kind for kind, _channel, _due in planned()] == ["several_booked"] + ["reminder"] * 4
    assert sent(NOW) == [
        "4 rendez-vous confirmés : du lundi 09/03 au lundi 30/03, Dr Delcourt, Cabinet du Beffroi. "
        "Dates et changements : http://tourcoing.localhost:8000/r/abc"
    ]


def test_the_message_lists_what_stands_when_it_leaves(diary, visit_link):
    booked = book(diary, [start + WEEK for start in MONDAYS])
    visits = [one.occurrence.appointment for one in booked.report]
    cancel(visits[0])
    move(visits[1], visits[1].start + timedelta(hours=1))

    [text] = [one for one in sent(NOW) if "3 rendez-vous" in one]
    assert "Lundi 16\u00a0mars à 10\u00a0h, Dr Alma Delcourt" in text
    assert "Lundi 9\u00a0mars" not in text


def test_the_rest_is_cancelled_and_told_once(diary, visit_link):
    series = book(diary).series
    sent(NOW)

    cancelled = cancel_rest(series_id=series.id, first=3, by="patient", reason="Guéri", actor=STAFF, now=NOW)

    assert [visit.start for visit in cancelled] == MONDAYS[2:]
    assert list(Appointment.objects.order_by("start").values_list("status", flat=True)) == ["confirmed"] * 2 + ["cancelled"] * 2
    assert Occupancy.objects.count() == 2
    [text] = sent(NOW)
    assert "Vos 2 rendez-vous sont annulés, comme vous l’avez demandé." in text
    series.refresh_from_db()
    assert (series.version, series.updated_at) == (2, NOW)


def test_visits_that_have_begun_are_left(diary):
    series = book(diary).series

    cancelled = cancel_rest(series_id=series.id, by="cabinet", reason="", actor=STAFF, now=MONDAYS[1] + timedelta(minutes=1))

    assert [visit.start for visit in cancelled] == MONDAYS[2:]


def test_nothing_left_to_cancel(diary):
    series = book(diary).series
    cancel_rest(series_id=series.id, by="cabinet", reason="", actor=STAFF, now=NOW)

    with pytest.raises(NothingLeftToCancel):
        cancel_rest(series_id=series.id, by="cabinet", reason="", actor=STAFF, now=NOW)
    with pytest.raises(NoSuchSeries):
        cancel_rest(series_id=uuid4(), by="cabinet", reason="", actor=STAFF, now=NOW)


def test_one_more_is_added(diary):
    series = book(diary).series

    added = add_occurrence(series_id=series.id, start=at(9, day=MONDAY + 4 * WEEK), actor=STAFF, now=NOW)

    assert (added.occurrence.number, added.occurrence.appointment.patient_id) == (5, diary.nour.id)
    assert [kind for kind, _channel, _due in planned()].count("confirmation") == 1


def test_one_more_by_the_rules_and_within_bounds(diary):
    series = book(diary).series

    with pytest.raises(MediDeskError) as taken:
        add_occurrence(series_id=series.id, start=MONDAYS[0], actor=STAFF, now=NOW)
    SeriesOccurrence.objects.filter(series=series, number=4).update(number=52)
    with pytest.raises(Refused) as full:
        add_occurrence(series_id=series.id, start=TEN, actor=STAFF, now=NOW)
    with pytest.raises(NoSuchSeries):
        add_occurrence(series_id=uuid4(), start=TEN, actor=STAFF, now=NOW)
    assert (taken.value.code, full.value.code) == ("slot-taken", "out-of-bounds")


def test_every_visit_has_its_line_in_the_journal(diary):
    book(diary)

    assert list(JournalEntry.objects.values_list("act", "by")) == [("booked", "Basile")] * 4
