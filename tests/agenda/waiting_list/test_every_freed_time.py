"""Whoever gives time, the waiting list hears of it: absences, hours, holds; a wide range asks several people at once."""

from datetime import date, datetime, timedelta

import pytest

from agenda import mass_absence, setup
from agenda.models import FreedTime, WaitingOffer
from agenda.scheduling import expire_holds, hold_slot, release_hold
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.offering import stop_round
from agenda.waiting_list.tending import tend
from medidesk.due.models import DuePointer
from tests.agenda.diary import MONDAY, NOW, PATIENT, STAFF, at, make_absence, make_hours, make_practitioner, make_reason
from tests.agenda.waiting_list.people import MINUTE, TEN, go, make_person, wait

TUESDAY, WEEK = MONDAY + timedelta(days=1), timedelta(days=7)
LATER = NOW + 2 * MINUTE  # the desk's second thoughts are over


@pytest.fixture
def entry(diary):
    """Somebody waits."""
    return wait(diary, make_person(1))


def rounds():
    return list(FreedTime.objects.order_by("start").values_list("start", "end", "state", "origin"))


def opening(start, end):
    return (start, end, "open", "opening")


def offered():
    return list(
        WaitingOffer.objects.order_by("start", "entry__patient__birth_name").values_list("entry__patient__birth_name", "start", "state")
    )


def hours(diary, **values):
    return setup.create(
        setup.HOURS,
        {"practitioner": diary.alma.id, "site": diary.site.id, "weekday": None, "date": TUESDAY, "start": 840, "end": 900} | values,
        now=NOW,
    )


def hold(diary, start=TEN, **values):
    return hold_slot(
        **{"visit_reason_id": diary.reason.id, "start": start, "practitioner_id": diary.alma.id, "actor": PATIENT, "source": "website",
           "now": NOW} | values
    )  # fmt: skip


def test_a_deleted_absence(diary, entry):
    absence = make_absence(at(10), at(11), practitioner=diary.alma)

    setup.delete(setup.ABSENCES, absence.id, now=NOW)
    assert rounds() == [opening(at(10), at(11))]
    go(LATER)

    assert offered() == [("Attente1", TEN, "open")]


def test_the_desk_has_time_to_take_a_deletion_back(diary, entry):
    absence = make_absence(at(9), at(12), practitioner=diary.alma)
    setup.delete(setup.ABSENCES, absence.id, now=NOW)
    make_absence(at(9), at(12), practitioner=diary.alma)

    go(LATER)

    assert (offered(), [state for _start, _end, state, _origin in rounds()]) == ([], ["nobody"])


def test_a_shortened_absence_frees_what_it_leaves(diary, entry):
    absence = make_absence(at(9), at(12), practitioner=diary.alma)

    setup.change(setup.ABSENCES, absence.id, {"start": at(10), "end": at(11, 30)}, now=NOW)

    assert rounds() == [opening(at(9), at(10)), opening(at(11, 30), at(12))]


def test_a_longer_absence_frees_nothing(diary, entry):
    absence = make_absence(at(10), at(11), practitioner=diary.alma)

    setup.change(setup.ABSENCES, absence.id, {"end": at(12)}, now=NOW)

    assert rounds() == []


def test_one_week_of_a_recurring_absence_no_longer_meant(diary, entry):
    absence = make_absence(at(9), at(10), practitioner=diary.alma, rrule="FREQ=WEEKLY;COUNT=3")

    setup.change(setup.ABSENCES, absence.id, {"rrule": "FREQ=WEEKLY;COUNT=2"}, now=NOW)

    third = MONDAY + 2 * WEEK
    assert rounds() == [opening(at(9, day=third), at(10, day=third))]


def test_a_site_that_opens_after_all_frees_everybody_there(diary, entry):
    ines = make_practitioner(diary.site, first_name="Inès", last_name="Blin")
    make_hours(ines, diary.site, start_minute=600, end_minute=660)
    diary.reason.offers.create(practitioner=ines)
    closure = make_absence(at(8), at(18), site=diary.site)

    setup.delete(setup.ABSENCES, closure.id, now=NOW)

    assert rounds() == [opening(at(9), at(12)), opening(at(10), at(11))]


def test_an_announced_absence_that_is_undone(diary, entry):
    mass = mass_absence.announce(mass_absence.Scope(diary.alma.id, None, at(9), at(12)), actor=STAFF, now=NOW)

    mass_absence.undo(mass.id, actor=STAFF, now=NOW)

    assert rounds() == [opening(at(9), at(12))]


def test_a_one_off_opening(diary, entry):
    hours(diary)

    assert rounds() == [opening(at(14, day=TUESDAY), at(15, day=TUESDAY))]


def test_longer_hours_free_what_they_add(diary, entry):
    setup.change(setup.HOURS, diary.hours.id, {"end": 780, "valid_until": MONDAY + WEEK}, now=NOW)

    assert rounds() == [opening(at(12, day=day), at(13, day=day)) for day in (MONDAY, MONDAY + WEEK)]


def test_hours_opened_to_another_reason(diary, entry):
    only = hours(diary, visit_reasons=[make_reason(diary.alma, name="Autre").id])
    assert rounds() == []

    setup.change(setup.HOURS, only.id, {"visit_reasons": []}, now=NOW)

    assert rounds() == [opening(at(14, day=TUESDAY), at(15, day=TUESDAY))]


def test_hours_kept_for_the_staff_are_offered_to_nobody(diary, entry):
    hours(diary, audience="staff")

    assert rounds() == []


def test_hours_without_end_make_a_bounded_number_of_rounds(diary, entry):
    hours(diary, date=None, weekday=1)

    assert (FreedTime.objects.count(), DuePointer.objects.filter(kind="waiting-list").count()) == (28, 28)


def test_a_holiday_that_is_worked_on(diary, entry):
    easter = date(2026, 4, 6)

    setup.change(setup.PRACTITIONERS, diary.alma.id, {"works_on_holidays": True}, now=NOW)

    assert opening(at(9, day=easter), at(12, day=easter)) in rounds()
    assert all(start.date() > MONDAY for start, *_ in rounds())


def test_nothing_is_computed_while_nobody_waits(diary, django_assert_num_queries):
    absence = make_absence(at(10), at(11), practitioner=diary.alma)

    with django_assert_num_queries(7):
        setup.delete(setup.ABSENCES, absence.id, now=NOW)

    assert rounds() == []


@pytest.mark.parametrize("end", ["released", "expired"])
def test_a_held_time_given_back(diary, entry, end):
    held = hold(diary)
    if end == "released":
        release_hold(hold_id=held.id, actor=PATIENT, now=NOW)
    else:
        expire_holds(now=NOW + 15 * MINUTE)

    assert rounds() == [(TEN, at(10, 30), "open", "hold")]


def test_the_same_held_time_is_offered_once(diary, entry):
    for _ in range(3):
        release_hold(hold_id=hold(diary).id, actor=PATIENT, now=NOW)
        go(NOW)
        for offer in WaitingOffer.objects.filter(state="open"):
            decline(offer.id, now=NOW)
        go(NOW)

    assert (rounds(), WaitingOffer.objects.count()) == ([(TEN, at(10, 30), "nobody", "hold")], 1)


def test_an_offer_made_by_hand_that_is_declined_opens_no_round(diary, entry):
    from agenda.waiting_list.offering import offer_to

    offer = offer_to(entry_id=entry.id, practitioner_id=diary.alma.id, start=TEN, actor=STAFF, now=NOW)

    decline(offer.id, now=NOW)

    assert rounds() == []


@pytest.fixture
def morning(diary):
    """Five people wait; two hours of Monday morning open again."""
    for number in range(5):
        wait(diary, make_person(number), now=NOW + number * timedelta(seconds=1))
    absence = make_absence(at(10), at(12), practitioner=diary.alma)
    setup.delete(setup.ABSENCES, absence.id, now=NOW)
    go(LATER)


def test_a_wide_range_asks_several_each_for_a_time_of_their_own(morning):
    assert offered() == [
        ("Attente0", at(10), "open"), ("Attente1", at(10, 30), "open"), ("Attente2", at(11), "open"), ("Attente3", at(11, 30), "open"),
    ]  # fmt: skip
    assert [state for _start, _end, state, _origin in rounds()] == ["open"]


def test_who_says_no_leaves_the_time_to_the_next(morning):
    decline(WaitingOffer.objects.get(start=at(10, 30)).id, now=LATER)
    go(LATER)

    assert offered()[1:3] == [("Attente1", at(10, 30), "declined"), ("Attente4", at(10, 30), "open")]


def test_a_wide_range_is_filled_when_all_have_said_yes(morning):
    for offer in WaitingOffer.objects.order_by("start"):
        assert [state for _start, _end, state, _origin in rounds()] == ["open"]
        accept(offer.id, now=LATER)

    assert [state for _start, _end, state, _origin in rounds()] == ["filled"]


def test_a_wide_range_that_found_some_takers_is_filled_when_nobody_is_left(morning):
    first, *others = WaitingOffer.objects.order_by("start")
    accept(first.id, now=LATER)
    for offer in others:
        decline(offer.id, now=LATER)
    go(LATER)
    decline(WaitingOffer.objects.get(state="open").id, now=LATER)
    go(LATER)

    assert [state for _start, _end, state, _origin in rounds()] == ["filled"]


def test_stopping_a_wide_range_takes_all_its_offers_back(morning):
    stop_round(freed_id=FreedTime.objects.get().id, actor=STAFF, now=LATER)
    go(LATER)

    assert ({state for *_rest, state in offered()}, [state for _start, _end, state, _origin in rounds()]) == ({"stopped"}, ["stopped"])


def test_the_soonest_of_many_days_is_offered_first(diary, entry):
    hours(diary, date=None, weekday=1)

    tend(LATER)

    assert offered() == [("Attente1", at(14, day=TUESDAY), "open")]


def test_a_time_that_has_begun_counts_from_now(diary):
    wait(diary, make_person(1))
    absence = make_absence(at(9), at(12), practitioner=diary.alma)

    setup.delete(setup.ABSENCES, absence.id, now=at(9, 20) + timedelta(seconds=7))

    assert rounds() == [opening(at(9, 21), at(12))]
    assert isinstance(rounds()[0][0], datetime)
