"""Running late: said once at the desk, told to those whom it concerns."""

from datetime import timedelta

import pytest

from agenda.errors import UnknownReference
from agenda.models import RunningLate
from agenda.running_late import announce_delay, clear_delay, delay_of_visit, delays_of_day
from agenda.scheduling import change_status
from medidesk.errors import Refused
from medidesk.messaging.models import Message
from medidesk.messaging.segments import weigh
from tests.agenda.diary import MONDAY, STAFF, at, make_patient, make_practitioner, make_site
from tests.agenda.told import LINK, sent

pytestmark = pytest.mark.usefixtures("visit_link")
NINE = at(8, 55)
FIVE_LATER = NINE + timedelta(minutes=5)


def say(diary, minutes, now=NINE, actor=STAFF):
    return announce_delay(practitioner_id=diary.alma.id, minutes=minutes, actor=actor, now=now)


@pytest.fixture
def visit(diary, mobile):
    """Nour at ten, whose confirmation has left."""
    visit = diary.book(at(10))
    sent(NINE)
    return visit


def test_it_is_kept_with_its_author(diary):
    say(diary, 20)

    kept = RunningLate.objects.get()
    assert (kept.practitioner, kept.day, kept.minutes, kept.said_by, kept.said_at) == (diary.alma, MONDAY, 20, "Basile", NINE)


def test_the_last_word_counts(diary):
    say(diary, 20)
    clear_delay(practitioner_id=diary.alma.id, actor=STAFF, now=FIVE_LATER)

    assert delays_of_day(MONDAY) == {diary.alma.id: 0}


@pytest.mark.parametrize("minutes", [-5, 241])
def test_it_is_bounded(diary, minutes):
    with pytest.raises(Refused) as refusal:
        say(diary, minutes)

    assert (refusal.value.code, RunningLate.objects.count()) == ("out-of-bounds", 0)


def test_a_practitioner_of_another_cabinet_is_unknown(diary, other_cabinet):
    with other_cabinet:
        stranger = make_practitioner(make_site())

    with pytest.raises(UnknownReference):
        announce_delay(practitioner_id=stranger.id, minutes=20, actor=STAFF, now=NINE)


def test_the_next_patients_are_told(diary, visit):
    assert say(diary, 20).told == 1

    [text] = sent(NINE)
    assert (
        text
        == f"Cabinet du Beffroi : Dr Delcourt a environ 20 min de retard : votre rendez-vous de 10h aura lieu vers 10h20. Suivre : {LINK}"
    )
    assert weigh(text).segments == 1


def test_nobody_is_told_the_same_twice(diary, visit):
    say(diary, 20)
    sent(NINE)

    assert [say(diary, minutes, FIVE_LATER).told for minutes in (20, 25, 15)] == [0, 0, 0]
    assert say(diary, 30, FIVE_LATER).told == 1
    assert "Dr Delcourt a environ 30 min" in sent(FIVE_LATER)[0]


def test_small_steps_add_up(diary, visit):
    told = []
    for minutes in (5, 10, 15):
        now = NINE + timedelta(minutes=minutes)
        told.append((say(diary, minutes, now).told, len(sent(now))))

    assert told == [(0, 0), (1, 1), (0, 0)]


def test_a_word_that_has_not_left_is_replaced(diary, visit):
    say(diary, 20)
    say(diary, 40, FIVE_LATER)

    [text] = sent(FIVE_LATER)
    assert "a environ 40 min de retard" in text


def test_a_word_taken_back_before_it_left_is_never_said(diary, visit):
    say(diary, 20)
    say(diary, 0, FIVE_LATER)

    assert sent(FIVE_LATER) == []


def test_those_who_were_told_hear_that_it_is_caught_up(diary, visit):
    say(diary, 20)
    sent(NINE)
    say(diary, 0, FIVE_LATER)

    [text] = sent(FIVE_LATER)
    assert "Dr Delcourt a rattrapé son retard : votre rendez-vous de 10h aura lieu à l'heure." in text


def test_only_the_next_three_hours_hear(diary, mobile):
    for hour in (9, 11):
        diary.book(at(hour), patient_id=make_patient(first_names=f"P{hour}", email=f"p{hour}@x.example").id)

    assert say(diary, 20, at(7)).told == 1
    assert Message.objects.get(kind="delay").facts["visits"] == [str(diary.alma.appointments.earliest("start").id)]


def test_who_has_arrived_hears_nothing(diary, visit):
    change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=NINE)

    assert say(diary, 20).told == 0


def test_who_arrives_before_it_leaves_hears_nothing(diary, visit):
    say(diary, 20)
    change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=NINE)

    assert (sent(FIVE_LATER), Message.objects.get(kind="delay").outcome) == ([], "arrived or over")


def test_a_household_hears_once(diary, visit):
    son = make_patient(first_names="Ilyès", email="", phone="+33639980012")
    diary.book(at(10, 30), patient_id=son.id)
    sent(NINE)

    assert say(diary, 20).told == 1
    [text] = sent(NINE)
    assert text.startswith("Dr Delcourt a environ 20 min de retard : vos rendez-vous à partir de 10h sont décalés")
    assert say(diary, 25, FIVE_LATER).told == 0


def test_without_mobile_it_goes_by_e_mail(diary):
    diary.book(at(10))

    say(diary, 20)

    assert Message.objects.get(kind="delay").channel == "email"


def test_other_practitioners_patients_hear_nothing(diary, visit):
    samir = make_practitioner(diary.site, last_name="Benali")

    assert announce_delay(practitioner_id=samir.id, minutes=30, actor=STAFF, now=NINE).told == 0


def test_the_visit_knows_its_delay_today_only(diary, visit):
    say(diary, 20)

    assert (delay_of_visit(visit, NINE), delay_of_visit(visit, NINE - timedelta(days=1))) == (20, 0)


@pytest.mark.parametrize("count", [1, 5])
def test_it_asks_as_much_for_five_patients_as_for_one(diary, count, django_assert_max_num_queries):
    for n in range(count):
        diary.book(at(9 + n // 2, 30 * (n % 2)), patient_id=make_patient(first_names=f"P{n}", email=f"p{n}@x.example").id)

    with django_assert_max_num_queries(15):
        say(diary, 20)
