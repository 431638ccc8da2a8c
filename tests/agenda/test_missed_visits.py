"""Excusing, reopening, contesting, answering; and what the patient is told."""

from datetime import timedelta

import pytest

from agenda.errors import NoSuchAppointment
from agenda.free_times.online_closing import closed_until, standing_of
from agenda.missed_visits import (
    AlreadyContested,
    NoClosing,
    NotMissed,
    contest_closing,
    count_again,
    excuse_missed_visit,
    keep_closing,
    lift_closing,
)
from agenda.models import ClosingReview, MissedVisitExcuse
from agenda.scheduling import change_status
from medidesk.errors import Refused
from medidesk.messaging.models import Message
from patients.models import Patient
from tests.agenda.diary import NOW, STAFF, at
from tests.agenda.missed import MONDAYS, miss, miss_times, switch_on, undo
from tests.agenda.told import LINK, planned, sent

pytestmark = pytest.mark.usefixtures("visit_link", "mobile")

TOLD = at(13, 5, day=MONDAYS[-1])
CLOSED = (
    "Cabinet du Beffroi : après plusieurs rendez-vous manqués, la réservation en ligne vous est fermée jusqu'au 23/05/2026. "
    "Le téléphone reste ouvert : 03 20 00 00 01. Contester : " + LINK
)
REOPENED = "Cabinet du Beffroi : la réservation en ligne vous est de nouveau ouverte."


@pytest.fixture
def missed(diary):
    """Nour has missed three visits; booking online is closed."""
    switch_on()
    visits = [miss(diary, MONDAYS[1]), miss(diary, MONDAYS[2])]
    sent(at(14, day=MONDAYS[2]))
    return [*visits, miss(diary, MONDAYS[3])]


def excuse(visit, motive="Hospitalisée", now=NOW):
    return excuse_missed_visit(appointment_id=visit.id, motive=motive, actor=STAFF, now=now)


def lift(diary, motive="Erreur de notre part", now=NOW):
    return lift_closing(patient_id=diary.nour.id, motive=motive, actor=STAFF, now=now)


def contest(visit, text="J’avais prévenu.", now=NOW):
    return contest_closing(appointment_id=visit.id, text=text, now=now)


def keep(diary, motive="Trois fois sans prévenir", now=NOW):
    return keep_closing(patient_id=diary.nour.id, motive=motive, actor=STAFF, now=now)


def texts(now):
    """What is told by then about closings, confirmations apart."""
    return [text for text in sent(now) if "en ligne" in text]


def test_an_excused_visit_does_not_count(diary, missed):
    excuse(missed[2])

    assert closed_until(diary.nour.id, NOW) is None
    assert list(MissedVisitExcuse.objects.values_list("appointment", "by", "motive", "at")) == [
        (missed[2].id, "Basile", "Hospitalisée", NOW)
    ]


def test_an_excuse_taken_back_counts_again(diary, missed):
    excuse(missed[0])
    count_again(appointment_id=missed[0].id, actor=STAFF, now=NOW)

    assert closed_until(diary.nour.id, NOW)
    assert MissedVisitExcuse.objects.get().withdrawn_by == "Basile"


def test_only_a_missed_visit_is_excused_and_once(diary, missed):
    coming = diary.book(at(9), actor=STAFF, source="phone")
    excuse(missed[0])

    for visit in (coming, missed[0]):
        with pytest.raises(NotMissed):
            excuse(visit)


def test_what_is_not_excused_cannot_count_again(missed):
    with pytest.raises(NotMissed):
        count_again(appointment_id=missed[0].id, actor=STAFF, now=NOW)


def test_a_visit_that_does_not_exist(diary):
    for act in (lambda: excuse(diary.nour), lambda: contest(diary.nour)):
        with pytest.raises(NoSuchAppointment):
            act()


@pytest.mark.parametrize("words", ["", "   ", "a\0b"])
def test_a_decision_has_words(diary, missed, words):
    for act in (lambda: excuse(missed[0], words), lambda: lift(diary, words), lambda: contest(missed[2], words)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "required"


def test_lifting_reopens_and_the_next_missed_visit_counts_them_all(diary, missed):
    lift(diary)
    assert closed_until(diary.nour.id, NOW) is None

    miss(diary, NOW.date() + timedelta(days=1))

    assert standing_of(diary.nour.id, at(14)).missed == 4
    assert closed_until(diary.nour.id, at(14))


def test_there_is_nothing_to_lift_or_contest_when_open(diary):
    switch_on()
    visit = miss(diary, MONDAYS[0])

    for act in (lambda: lift(diary), lambda: contest(visit), lambda: keep(diary)):
        with pytest.raises(NoClosing):
            act()


def test_a_closing_is_contested_once(diary, missed):
    assert contest(missed[2]).contested

    with pytest.raises(AlreadyContested):
        contest(missed[2])


def test_a_closing_is_contested_at_the_visit_that_led_to_it(missed):
    with pytest.raises(NoClosing):
        contest(missed[0])


def test_the_next_closing_may_be_contested_again(diary, missed):
    contest(missed[2])
    fourth = miss(diary, NOW.date() + timedelta(days=1))

    assert contest(fourth, now=at(14)).contested


def test_a_contest_accepted_reopens(diary, missed):
    contest(missed[2])
    lift(diary)

    review = ClosingReview.objects.get()
    assert (review.contest, review.decision, review.decided_by, review.decided_at) == ("J’avais prévenu.", "lifted", "Basile", NOW)
    assert closed_until(diary.nour.id, NOW) is None


def test_a_contest_refused_stays_closed_and_may_still_be_lifted(diary, missed):
    contest(missed[2])
    keep(diary)
    assert closed_until(diary.nour.id, NOW)

    lift(diary)

    assert closed_until(diary.nour.id, NOW) is None


def test_only_what_was_contested_is_answered_and_once(diary, missed):
    with pytest.raises(NoClosing):
        keep(diary)
    contest(missed[2])
    keep(diary)

    with pytest.raises(NoClosing):
        keep(diary)


def test_the_patient_is_told_once_after_the_second_thoughts(missed):
    assert texts(TOLD) == [CLOSED]


def test_a_missed_visit_that_leads_to_no_step_is_not_told(diary):
    switch_on()
    miss(diary, MONDAYS[-1])

    assert texts(NOW) == []


def test_the_milder_step_is_told_as_what_it_is(diary):
    switch_on()
    miss_times(diary, 2)

    assert "le cabinet valide vos réservations en ligne jusqu'au 24/03/2026" in texts(TOLD)[0]


def test_an_undo_in_time_is_told_by_silence(diary, missed):
    undo(missed[2], now=at(13, 1, day=MONDAYS[-1]))

    assert texts(NOW) == []


def test_an_undo_after_the_message_is_told(diary, missed):
    sent(TOLD)
    undo(missed[2])

    assert texts(NOW + timedelta(minutes=2)) == [REOPENED + " Le cabinet valide vos rendez-vous jusqu'au 17/03/2026."]


def test_missed_undone_missed_again_is_told_as_it_ends(diary, missed):
    sent(TOLD)
    undo(missed[2])
    change_status(appointment_id=missed[2].id, status="no_show", actor=STAFF, now=NOW + timedelta(minutes=1))

    assert texts(NOW + timedelta(minutes=5)) == [CLOSED]


def test_lifting_is_told(diary, missed):
    sent(TOLD)
    lift(diary)

    assert texts(NOW + timedelta(minutes=2)) == [REOPENED]


def test_what_was_never_told_is_reopened_in_silence(diary, missed):
    lift(diary, now=at(13, 1, day=MONDAYS[-1]))

    assert texts(NOW) == []


def test_excusing_an_earlier_visit_is_told_when_it_opens(diary, missed):
    sent(TOLD)
    excuse(missed[0])

    assert texts(NOW + timedelta(minutes=2)) == [REOPENED + " Le cabinet valide vos rendez-vous jusqu'au 24/03/2026."]


def test_an_excuse_that_changes_nothing_is_not_told(diary):
    switch_on()
    visits = miss_times(diary, 4)
    sent(TOLD)
    excuse(visits[0])

    assert texts(NOW + timedelta(minutes=2)) == []


def test_an_excuse_taken_back_is_told_when_it_closes(diary, missed):
    sent(TOLD)
    excuse(missed[0])
    sent(NOW + timedelta(minutes=2))
    count_again(appointment_id=missed[0].id, actor=STAFF, now=NOW + timedelta(minutes=3))

    assert texts(NOW + timedelta(minutes=5)) == [CLOSED]


def test_a_refused_contest_is_told_at_once(diary, missed):
    sent(TOLD)
    contest(missed[2])
    keep(diary)

    assert texts(NOW) == [
        "Cabinet du Beffroi a lu votre message : la réservation en ligne reste fermée jusqu'au 23/05/2026. "
        f"La réponse : {LINK} Téléphone : 03 20 00 00 01."
    ]


def test_a_refusal_overtaken_by_a_lifting_is_not_told(diary, missed):
    sent(TOLD)
    contest(missed[2])
    keep(diary)
    lift(diary)

    assert texts(NOW + timedelta(minutes=2)) == [REOPENED]


def test_no_message_names_the_patient_the_reason_or_the_specialty(diary):
    Patient.objects.update(phone="")
    switch_on()
    miss_times(diary, 3)
    text = texts(TOLD)[0]

    assert "jusqu’au samedi 23 mai inclus" in text.replace("\u00a0", " ")
    assert not [word for word in ("Nour", "Haddad", "Consultation", "Delcourt") if word in text]


def test_somebody_who_wants_no_messages_gets_none(diary):
    switch_on()
    Patient.objects.update(preferred_channel="none")
    miss_times(diary, 3)

    assert [kind for kind, _channel, _due in planned()] == []


def test_a_patient_who_is_gone_is_not_told(diary, missed):
    missed[2].patient = None
    missed[2].save()

    assert texts(TOLD) == []
    assert Message.objects.filter(kind="online_closing", outcome="nobody to tell").exists()
