"""What the messages say, and whether they are still true when they leave."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agenda.scheduling import (
    book_appointment,
    change_status,
)
from medidesk.messaging.models import Message, OutboxEntry
from medidesk.messaging.sending import send_due
from patients.models import Patient
from tests.agenda.diary import NOW, PATIENT, STAFF, at, make_reason
from tests.agenda.told import LINK, SATURDAY_TEN, TEN, TWO_MINUTES, cancel, move, sent

pytestmark = pytest.mark.usefixtures("visit_link")


def test_reminder_says_what_it_must(diary, mobile):
    diary.book(TEN)
    sent(NOW)

    assert sent(SATURDAY_TEN) == [
        f"Rappel : rendez-vous lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi. Empeché ? Prévenez ici : {LINK}"
    ]


def test_reminder_of_a_missed_hour_is_not_sent_after_the_visit(diary, mobile):
    diary.book(TEN)
    sent(NOW)

    assert sent(TEN + timedelta(minutes=1)) == []
    assert Message.objects.get(kind="reminder").outcome == "too late"


def test_visit_that_has_begun_is_not_reminded(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=NOW)

    assert sent(SATURDAY_TEN) == []
    assert Message.objects.get(kind="reminder").outcome == "arrived"


def test_message_goes_to_the_number_that_the_patient_has_when_it_leaves(diary, mobile):
    diary.book(TEN)
    Patient.objects.update(phone="+33639980099")

    sent(NOW)

    assert OutboxEntry.objects.get().to == "+33639980099"


def test_message_is_withdrawn_when_the_patient_has_no_number_left(diary, mobile):
    diary.book(TEN)
    Patient.objects.update(phone="")

    assert sent(NOW) == []
    assert Message.objects.get(kind="confirmation").outcome == "no way to reach"


def test_email_shows_day_practitioner_and_link(diary):
    diary.book(TEN)

    send_due(NOW)

    entry = OutboxEntry.objects.get()
    assert entry.subject == "Rendez-vous confirmé : lundi 9\N{NO-BREAK SPACE}mars à 10\N{NO-BREAK SPACE}h"
    assert "avec Dr Alma Delcourt" in entry.text and LINK in entry.text
    assert LINK in entry.html and "style=" not in entry.html


def test_reunion_reads_its_own_wall_time(other_cabinet):
    from tests.agenda.diary import Diary

    with other_cabinet:
        diary = Diary()
        Patient.objects.update(phone="+262692000012")
        start = datetime(2026, 3, 9, 6, tzinfo=UTC)  # 10:00 there
        diary.book(start, actor=STAFF)
        [text] = sent(NOW)

    assert text.startswith("Rendez-vous confirmé : lundi 09/03 à 10h, Dr Delcourt, Cabinet du Volcan.")


def test_all_texts_are_silent_about_the_person_and_the_reason(diary):
    """Whatever the reason, the specialty and the names are called, no message contains them."""
    Patient.objects.update(birth_name="Zwaryczewska", used_name="Quesnoy", first_names="Xénia Yolaine", phone="+33639980012")
    diary.reason = make_reason(diary.alma, name="Frottis cervico-utérin", internal_name="FCU")
    type(diary.alma).objects.update(specialty="SM20", role_label="Gynécologue")
    for channel in ("sms", "email"):
        Patient.objects.update(preferred_channel=channel)
        for day in (date(2026, 3, 9), date(2026, 3, 16)):
            visit = book_appointment(
                visit_reason_id=diary.reason.id, start=at(9, day=day), practitioner_id=diary.alma.id, patient_id=diary.nour.id,
                actor=PATIENT, source="website", now=NOW,
            ).appointment  # fmt: skip
            send_due(NOW)
            move(visit, at(10, day=day))
            send_due(NOW + TWO_MINUTES)
            send_due(at(12, day=day) - timedelta(days=2))
            cancel(visit, by="patient" if day.day == 9 else "cabinet")
            send_due(NOW + TWO_MINUTES)

    texts = " ".join(f"{m.subject} {m.text} {m.html}" for m in Message.objects.filter(status="sent")).lower()
    assert Message.objects.filter(status="sent").count() == 16
    words = ("zwaryczewska", "quesnoy", "xénia", "yolaine", "frottis", "utérin", "fcu", "gynéco", "sm20")
    assert [word for word in words if word in texts] == []
