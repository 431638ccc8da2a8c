"""Keep one claim, and let the patient of the other choose another time by a message."""

import html

import pytest

from agenda.actors import Actor
from agenda.conflict_offer_texts import compose_conflict_offers
from agenda.conflict_offers import offer_other_times
from agenda.errors import UnknownReference
from agenda.models import Appointment
from agenda.scheduling import cancel_appointment, import_visit, move_appointment
from medidesk.errors import Refused
from medidesk.messaging.composing import Content, Withdrawal
from medidesk.messaging.models import Message
from patients.models import Patient
from tests.agenda.diary import NOW, at, make_patient

BASILE = Actor("Basile", "staff")
KIND = "conflict_offer"


@pytest.fixture
def visit(diary) -> Appointment:
    """Nour's visit at ten."""
    return diary.book(at(10))


@pytest.fixture
def clash(diary, visit) -> Appointment:
    """A visit of somebody with a mobile that a platform says exists at ten too."""
    colin = make_patient(birth_name="Colin", phone="+33639980044")
    return import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10, 30), actor=Actor.platform("doctolib"), source="doctolib", origin="c",
        now=NOW, visit_reason_id=diary.reason.id, patient_id=colin.id,
    )  # fmt: skip


def offer(visit: Appointment):
    """Eleven and half past eleven, soonest last."""
    return offer_other_times(visit.pk, [at(11, 30), at(11)], actor=BASILE, now=at(9, 31))


def message() -> Message:
    """The offer that stands."""
    return Message.objects.exclude(status="cancelled").get(kind=KIND)


def said():
    """What the message says if it leaves now."""
    found = message()
    return compose_conflict_offers([found], at(9, 31))[found.id]


def test_one_press_keeps_one_and_offers_three_times_to_the_other(desk, visit, clash):
    answer = desk.post(f"/agenda/rendez-vous/{visit.id}/conflit", {"proposer": str(clash.id)}, follow=True)

    page = html.unescape(answer.content.decode()).replace("\u00a0", " ")
    assert "3 horaires proposés par SMS" in page
    assert (message().about, message().channel, len(message().facts["times"])) == (clash.id, "sms", 3)
    assert [Appointment.objects.get(pk=one.pk).start for one in (visit, clash)] == [at(10), at(10)]
    assert "Horaires proposés le" in desk.get(f"/agenda/rendez-vous/{visit.id}/conflit").content.decode()


def test_the_message_names_the_times_and_no_patient(clash):
    offer(clash)

    content = said()

    assert isinstance(content, Content)
    assert content.to == "+33639980044"
    assert "02/03 11h, 02/03 11h30" in content.text
    assert "Colin" not in content.text


def test_by_mail_it_is_a_list(clash):
    Patient.objects.filter(pk=clash.patient_id).update(phone="", email="colin@patients.example")
    offer(clash)

    content = said()

    assert isinstance(content, Content)
    assert "a été pris deux fois" in content.text
    assert content.html.count("<li>") == 2


def test_a_second_offer_replaces_the_first(clash):
    offer(clash)
    offer_other_times(clash.pk, [at(12)], actor=BASILE, now=at(9, 32))

    assert message().facts["times"] == [at(12).isoformat()]


def test_once_the_patient_has_chosen_nothing_is_said_and_the_conflict_is_over(visit, clash):
    offer(clash)
    move_appointment(appointment_id=clash.pk, start=at(11), actor=Actor.patient(), now=at(9, 32))

    assert said() == Withdrawal("moved")
    assert Appointment.objects.get(pk=clash.pk).lane == "normal"


def test_a_visit_that_was_cancelled_is_not_told(clash):
    offer(clash)
    found = message()
    cancel_appointment(appointment_id=clash.pk, by="patient", reason="", actor=BASILE, now=at(9, 32))

    assert compose_conflict_offers([found], at(9, 33)) == {found.id: Withdrawal("no longer true")}


def test_who_cannot_be_reached_any_more_is_not_told(clash):
    offer(clash)
    Patient.objects.filter(pk=clash.patient_id).update(phone="", email="")

    assert said() == Withdrawal("no way to reach")


def test_somebody_without_mobile_or_mail_is_telephoned(desk, clash):
    Patient.objects.filter(pk=clash.patient_id).update(phone="", email="")

    with pytest.raises(Refused) as refused:
        offer(clash)

    assert refused.value.code == "no-way-to-reach"
    assert "à appeler" in desk.get(f"/agenda/rendez-vous/{clash.id}/conflit").content.decode()


def test_there_must_be_times(clash):
    with pytest.raises(Refused) as refused:
        offer_other_times(clash.pk, [], actor=BASILE, now=at(9, 31))

    assert refused.value.code == "no-times"


def test_there_must_be_a_conflict(visit):
    with pytest.raises(Refused) as refused:
        offer(visit)

    assert refused.value.code == "not-in-conflict"


def test_what_is_over_is_offered_nothing(clash):
    with pytest.raises(UnknownReference):
        offer_other_times(clash.pk, [at(11)], actor=BASILE, now=at(12))


def test_a_refusal_is_said_at_the_desk(desk, visit):
    answer = desk.post(f"/agenda/rendez-vous/{visit.id}/conflit", {"proposer": str(visit.id)}, follow=True)

    assert "n’est plus en conflit" in html.unescape(answer.content.decode())
