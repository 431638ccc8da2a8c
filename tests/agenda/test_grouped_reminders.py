"""Several visits of one household on a day: one reminder, true when it leaves, each visit reminded of once whatever happens between."""

from datetime import timedelta

import pytest

from agenda.scheduling import change_status
from medidesk.messaging import sending
from medidesk.messaging.models import Message, OutboxEntry
from patients.models import Patient
from tests.agenda.diary import NOW, STAFF, at, make_patient, make_practitioner
from tests.agenda.told import LINK, NEXT_MONDAY, TEN, cancel, move, sent

pytestmark = pytest.mark.usefixtures("visit_link")

MINUTE = timedelta(minutes=1)
HALF_PAST_TEN, ELEVEN = TEN + 30 * MINUTE, TEN + 60 * MINUTE
TWO_DAYS = timedelta(days=2)
BOTH = f"Rappel : 2 rendez-vous lundi 09/03 à 10h et 11h, Dr Delcourt, Cabinet du Beffroi. Empeché ? Prévenez ici : {LINK}"


def alone(time):
    return f"Rappel : rendez-vous lundi 09/03 à {time}, Dr Delcourt, Cabinet du Beffroi. Empeché ? Prévenez ici : {LINK}"


@pytest.fixture
def two(diary, mobile):
    """Nour comes at ten and at eleven; the confirmations have left."""
    visits = diary.book(TEN), diary.book(ELEVEN)
    sent(NOW)
    return visits


def reminders():
    """What became of each visit's reminder."""
    rows = Message.objects.filter(kind="reminder").order_by("due_at", "facts__start")
    return [(message.due_at, message.status, message.outcome) for message in rows]


def test_one_message_names_both_when_the_first_is_due(two):
    assert sent(TEN - TWO_DAYS) == [BOTH]
    assert sent(ELEVEN - TWO_DAYS) == []
    assert reminders() == [(TEN - TWO_DAYS, "sent", ""), (ELEVEN - TWO_DAYS, "cancelled", "said with another")]


def test_due_at_once_after_an_outage_only_one_leaves(two):
    assert sent(ELEVEN - TWO_DAYS) == [BOTH]
    assert sent(ELEVEN - TWO_DAYS + MINUTE) == []
    assert [(status, outcome) for _due, status, outcome in reminders()] == [("sent", ""), ("cancelled", "said with another")]


def test_visits_of_two_days_are_reminded_of_apart(diary, mobile):
    diary.book(TEN)
    diary.book(TEN + timedelta(days=7))
    sent(NOW)

    assert sent(TEN - TWO_DAYS) == [alone("10h")]


def test_two_patients_of_one_telephone_are_told_no_names_and_each_link(diary, mobile):
    sister = make_patient(first_names="Lina", birth_name="Haddad-Martin", phone=Patient.objects.get().phone, email="")
    ines = make_practitioner(diary.site, first_name="Inès", last_name="Blin")
    diary.reason.offers.create(practitioner=ines)
    diary.hours.pk = None
    diary.hours._state.adding, diary.hours.practitioner = True, ines
    diary.hours.save()
    diary.book(TEN)
    diary.book(ELEVEN, patient_id=sister.id, practitioner_id=ines.id)
    sent(NOW)

    assert sent(TEN - TWO_DAYS) == [
        f"Rappel : 2 rendez-vous lundi 09/03 à 10h et 11h, Cabinet du Beffroi. Empeché ? 10h : {LINK} 11h : {LINK}"
    ]


def test_the_same_mailbox_written_otherwise_is_one_household(diary):
    brother = make_patient(first_names="Sami", email="Nour@Patients.Example")
    diary.book(TEN)
    diary.book(ELEVEN, patient_id=brother.id)
    sent(NOW)

    [text] = sent(TEN - TWO_DAYS)

    entry = OutboxEntry.objects.order_by("-received_at").first()
    assert entry.subject == "Rappel : 2 rendez-vous lundi 09/03"
    assert (text.count("avec"), text.count("Lundi 9"), text.count(LINK)) == (0, 2, 2)
    assert [word for word in ("Nour", "Sami", "Haddad") if word in text + entry.html + entry.subject] == []


def test_another_telephone_is_another_household(diary, mobile):
    neighbour = make_patient(first_names="Ada", phone="+33639980077", email="")
    diary.book(TEN)
    diary.book(ELEVEN, patient_id=neighbour.id)
    sent(NOW)

    assert (sent(TEN - TWO_DAYS), sent(ELEVEN - TWO_DAYS)) == ([alone("10h")], [alone("11h")])


def test_more_than_can_be_listed(diary, mobile):
    for minutes in (0, 30, 60, 90):
        diary.book(TEN + minutes * MINUTE)
    sent(NOW)

    [text] = sent(TEN - TWO_DAYS)

    assert text.startswith("Rappel : 4 rendez-vous lundi 09/03 à partir de 10h, Dr Delcourt, ")


def test_the_first_is_cancelled_before(two):
    cancel(two[0])
    sent(NOW + 2 * MINUTE)

    assert (sent(TEN - TWO_DAYS), sent(ELEVEN - TWO_DAYS)) == ([], [alone("11h")])


def test_the_second_is_cancelled_before(two):
    cancel(two[1])
    sent(NOW + 2 * MINUTE)

    assert (sent(TEN - TWO_DAYS), sent(ELEVEN - TWO_DAYS)) == ([alone("10h")], [])


def test_the_second_has_arrived_early(two):
    change_status(appointment_id=two[1].id, status="arrived", actor=STAFF, now=NOW)

    assert sent(TEN - TWO_DAYS) == [alone("10h")]


def test_the_second_moves_before(two):
    move(two[1], HALF_PAST_TEN)
    sent(NOW + 2 * MINUTE)

    assert sent(TEN - TWO_DAYS) == [BOTH.replace("11h", "10h30")]
    assert sent(ELEVEN - TWO_DAYS) == []


def test_the_second_moves_after_it_was_spoken_for(two):
    sent(TEN - TWO_DAYS)
    later = TEN - TWO_DAYS + MINUTE
    move(two[1], at(11, 30, day=NEXT_MONDAY), now=later)
    [moved] = sent(later + 2 * MINUTE)

    assert "11h30" in moved
    assert sent(at(11, 30, day=NEXT_MONDAY) - TWO_DAYS) == [alone("11h30")]


def test_the_first_moves_behind_the_second(two):
    move(two[0], at(11, 30, day=NEXT_MONDAY))
    sent(NOW + 2 * MINUTE)

    assert sent(TEN - TWO_DAYS) == []
    assert sent(ELEVEN - TWO_DAYS) == [BOTH.replace("10h et 11h", "11h et 11h30")]


def test_a_visit_booked_after_the_message_left_speaks_for_itself(diary, mobile):
    diary.book(TEN)
    sent(NOW)
    sent(TEN - TWO_DAYS)

    diary.book(ELEVEN, now=TEN - TWO_DAYS + MINUTE)
    sent(TEN - TWO_DAYS + MINUTE)

    assert sent(ELEVEN - TWO_DAYS) == [alone("11h")]


def test_while_the_first_is_leaving_the_second_waits(two):
    now = ELEVEN - TWO_DAYS
    [claimed] = sending._claim(now, 1)  # another worker has it in hand, and dies
    assert claimed.due_at == TEN - TWO_DAYS

    assert sent(now) == []
    assert sent(now + 10 * MINUTE) == [BOTH]
    assert sent(now + 11 * MINUTE) == []


def test_an_attempt_that_may_have_arrived_speaks_for_nobody_more(diary, mobile):
    diary.book(TEN)
    sent(NOW)
    message = sending._claim(TEN - TWO_DAYS, 1)
    list(sending._handed_over(sending._compose(message, TEN - TWO_DAYS)))  # handed over, then the worker was killed
    diary.book(ELEVEN, now=TEN - TWO_DAYS)
    sent(TEN - TWO_DAYS)

    sent(ELEVEN - TWO_DAYS)
    sent(ELEVEN - TWO_DAYS + MINUTE)

    texts = OutboxEntry.objects.filter(text__startswith="Rappel").order_by("received_at").values_list("text", flat=True)
    assert list(texts) == [alone("10h"), alone("11h")]


def test_a_refused_first_leaves_the_second_its_own_chance(two):
    Message.objects.filter(kind="reminder", due_at=TEN - TWO_DAYS).update(status="failed")

    assert sent(ELEVEN - TWO_DAYS) == [alone("11h")]


def test_looking_costs_the_same_for_many(diary, mobile, django_assert_num_queries):
    from agenda.reminder_texts import compose_visit_messages

    for minutes in (0, 30, 60):
        diary.book(TEN + minutes * MINUTE)
    messages = list(Message.objects.filter(kind="reminder"))

    for some in (messages[:1], messages):
        with django_assert_num_queries(3):
            compose_visit_messages(some, TEN - TWO_DAYS)
