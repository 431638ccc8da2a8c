"""What the patients of an absence are told: once per household, nobody named."""

import re

import pytest

from agenda.mass_absence import Choice, carry_out_due, decide, send, undo
from agenda.models import MassAbsenceLine
from agenda.sources import source
from medidesk.messaging.models import Message, OutboxEntry
from medidesk.messaging.segments import weigh
from patients.models import Patient
from tests.agenda.diary import STAFF, at, make_patient
from tests.agenda.mass_absence.day import AFTER, LATER, carried_out, colleague, drafted, line_of
from tests.agenda.told import LINK, imported, sent

pytestmark = pytest.mark.usefixtures("visit_link")
PHONE = "+33639980012"


@pytest.fixture
def family(diary, mobile):
    """Nour and her son, one telephone."""
    return [diary.nour, make_patient(first_names="Ilyès", birth_date=None, email="", phone=PHONE)]


def quiet():
    """Confirmations of the bookings are not what these tests look at."""
    Message.objects.filter(status="planned").exclude(kind__in=("absence", "takes_place")).update(status="cancelled")


def told(diary, now=AFTER, **values):
    carried_out(diary, **values)
    quiet()
    return sent(now)


def test_one_visit_is_one_short_message(diary, mobile):
    diary.book(at(9))

    [text] = told(diary)

    assert text == f"Votre rendez-vous du lundi 02/03 à 9h, Dr Delcourt, ne peut pas avoir lieu. Autre horaire : {LINK}"
    assert weigh(text).segments == 1


def test_a_long_link_gets_a_shorter_wording_of_one_segment(diary, mobile, monkeypatch):
    from agenda import links

    monkeypatch.setattr(links, "_builders", [lambda appointment: "https://cabinet-des-tilleuls.example.fr/rdv/" + "a" * 43 + "/"])
    diary.book(at(9))

    [text] = told(diary)

    assert (text[:47], weigh(text).segments) == ("RDV du lundi 02/03 à 9h, Dr Delcourt, annulé. A", 1)


def test_a_household_hears_once_and_nobody_is_named(diary, family):
    for hour, patient in zip((9, 10), family, strict=True):
        diary.book(at(hour), patient_id=patient.id)

    [text] = told(diary)

    assert text == f"Cabinet du Beffroi : vos 2 rendez-vous du 02/03, Dr Delcourt, ne peuvent pas avoir lieu. Autres horaires : {LINK}"
    assert not re.search("Nour|Ily|Haddad|Consultation", text)


def test_a_household_with_a_move_is_told_of_changes(diary, family):
    samir = colleague(diary)
    visits = [diary.book(at(hour), patient_id=patient.id) for hour, patient in zip((9, 10), family, strict=True)]
    draft = drafted(diary)
    decide(draft.id, {visits[0].id: Choice("move", samir.id)}, now=AFTER)
    send(draft.id, actor=STAFF, now=AFTER)

    carry_out_due(LATER)
    quiet()

    assert sent(LATER) == [f"Cabinet du Beffroi : vos 2 rendez-vous du 02/03, Dr Delcourt, changent. Détails : {LINK}"]


def test_a_move_says_where_to(diary, mobile):
    samir = colleague(diary)
    visit = diary.book(at(9))
    draft = drafted(diary)
    decide(draft.id, {visit.id: Choice("move", samir.id)}, now=AFTER)
    send(draft.id, actor=STAFF, now=AFTER)

    carry_out_due(LATER)
    quiet()

    [text] = sent(LATER)
    assert (
        text.startswith("Cabinet du Beffroi : votre rendez-vous du lundi 02/03 à 9h est déplacé au lundi 02/03 à 9h, Dr Benali.")
        and weigh(text).segments == 1
    )


def test_patients_of_different_telephones_hear_each(diary, mobile):
    diary.book(at(9))
    diary.book(at(10), patient_id=make_patient(first_names="Sami", phone="+33639980013", email="").id)

    assert len(told(diary)) == 2


def test_an_e_mail_tells_of_every_visit_with_its_link(diary):
    diary.book(at(9))
    diary.book(at(10))

    [text] = told(diary)

    assert ("lundi 2\u00a0mars à 9\u00a0h" in text, "lundi 2\u00a0mars à 10\u00a0h" in text, text.count(LINK)) == (True, True, 2)
    assert OutboxEntry.objects.get().subject == "Vos rendez-vous changent"
    assert not re.search("Nour|Haddad|Consultation", text + OutboxEntry.objects.get().html)


@pytest.mark.parametrize("wish", [{"email": ""}, {"leave_no_details": True}, {"preferred_channel": "none"}])
def test_who_cannot_be_told_is_left_to_the_telephone(diary, wish):
    Patient.objects.update(**wish)
    visit = diary.book(at(9))

    assert (told(diary), line_of(visit).told, line_of(visit).state) == ([], "", "done")


def test_the_usual_cancellation_is_not_sent_as_well(diary, mobile):
    diary.book(at(9))
    carried_out(diary)

    assert list(Message.objects.filter(status="planned").values_list("kind", flat=True)) == ["absence"]


def test_a_visit_from_a_platform_is_told_too(diary, mobile):
    assert source("doctolib").channel == "platform"
    imported(diary, start=at(9), end=at(9, 30))

    assert len(told(diary)) == 1


def test_an_absence_of_another_week_waits_for_the_morning(diary, mobile):
    from tests.agenda.mass_absence.day import IN_A_WEEK

    diary.book(at(9, day=IN_A_WEEK))
    carried_out(diary, start=at(8, day=IN_A_WEEK), end=at(20, day=IN_A_WEEK))

    assert Message.objects.get(kind="absence").by_day_only


def test_undone_before_the_message_left_nobody_hears_anything(diary, mobile):
    diary.book(at(9))
    mass = carried_out(diary)
    quiet()

    undo(mass.id, actor=STAFF, now=AFTER)
    carry_out_due(AFTER)

    assert [message.kind for message in Message.objects.filter(status="planned") if message.kind != "reminder"] == []
    assert (sent(LATER), Message.objects.get(kind="absence").outcome) == ([], "undone")


def test_a_message_dropped_before_the_visit_is_put_back_says_nothing_either(diary, mobile):
    diary.book(at(9))
    mass = carried_out(diary)
    quiet()
    undo(mass.id, actor=STAFF, now=AFTER)
    assert sent(AFTER) == []

    carry_out_due(AFTER)
    quiet()

    assert sent(LATER) == []


def test_undone_afterwards_those_told_hear_that_it_takes_place(diary, family):
    for hour, patient in zip((9, 10), family, strict=True):
        diary.book(at(hour), patient_id=patient.id)
    mass = carried_out(diary)
    quiet()
    sent(AFTER)

    undo(mass.id, actor=STAFF, now=LATER)
    carry_out_due(LATER)

    assert sent(LATER) == [
        "Cabinet du Beffroi : finalement, vos 2 rendez-vous du 02/03 ont bien lieu. Ne tenez pas compte du message précédent."
    ]


def test_one_visit_takes_place_after_all(diary, mobile):
    diary.book(at(9))
    mass = carried_out(diary)
    quiet()
    sent(AFTER)

    undo(mass.id, actor=STAFF, now=LATER)
    carry_out_due(LATER)

    [text] = sent(LATER)
    assert text.startswith("Cabinet du Beffroi : finalement, votre rendez-vous du lundi 02/03 à 9h, Dr Delcourt, a bien lieu.")
    assert weigh(text).segments == 1


def test_who_has_chosen_again_is_not_told_to_choose(diary, mobile):
    visit = diary.book(at(9))
    carried_out(diary)
    quiet()
    MassAbsenceLine.objects.update(rebooked=visit)

    assert (sent(AFTER), Message.objects.get(kind="absence").outcome) == ([], "no longer true")
