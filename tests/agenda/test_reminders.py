"""Which messages a visit wants, and what they say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agenda import links, reminders
from agenda.actors import Actor
from agenda.models import Appointment
from agenda.reminders import register_reminding
from agenda.scheduling import (
    book_appointment,
    cancel_appointment,
    change_status,
    confirm_request,
    import_visit,
    move_appointment,
    set_patient,
    undo_last,
)
from medidesk.messaging.models import Message, OutboxEntry
from medidesk.messaging.sending import send_due
from patients.models import Patient
from tests.agenda.diary import NOW, PATIENT, PLATFORM, STAFF, at, make_practitioner, make_reason

NEXT_MONDAY = date(2026, 3, 9)
TEN = at(10, day=NEXT_MONDAY)
SATURDAY_TEN = at(10, day=date(2026, 3, 7))  # 48 h before
TWO_MINUTES = timedelta(minutes=2)
LINK = "http://tourcoing.localhost:8000/r/abc"


@pytest.fixture(autouse=True)
def _link(monkeypatch):
    """The patients' site gives an address."""
    monkeypatch.setattr(links, "_builders", [lambda appointment: LINK])
    monkeypatch.setattr(reminders, "_rules", {})


@pytest.fixture
def mobile(diary):
    """Nour has a mobile telephone."""
    Patient.objects.filter(pk=diary.nour.pk).update(phone="+33639980012")


def planned():
    return [(m.kind, m.channel, m.due_at) for m in Message.objects.filter(status="planned").order_by("due_at")]


def sent(now):
    """What reaches the patient by `now`, in this call."""
    before = set(OutboxEntry.objects.values_list("operation_id", flat=True))
    while send_due(now):
        pass
    return [entry.text for entry in OutboxEntry.objects.exclude(operation_id__in=before)]


def move(visit, start, now=NOW, **values):
    return move_appointment(**{"appointment_id": visit.id, "start": start, "actor": STAFF, "now": now} | values).appointment


def cancel(visit, by="cabinet", now=NOW, **values):
    actor = {"cabinet": STAFF, "patient": PATIENT, "platform": PLATFORM}[by]
    return cancel_appointment(**{"appointment_id": visit.id, "by": by, "reason": "x", "actor": actor, "now": now} | values)


def imported(diary, **values):
    fields = {"practitioner_id": diary.alma.id, "patient_id": diary.nour.id, "start": TEN, "end": TEN + timedelta(minutes=30)}
    return import_visit(**fields | {"actor": PLATFORM, "source": "doctolib", "origin": "connection:1", "now": NOW} | values)


def test_booking_plans_a_confirmation_and_a_reminder(diary, mobile):
    diary.book(TEN)

    assert planned() == [("confirmation", "sms", NOW), ("reminder", "sms", SATURDAY_TEN)]


def test_booking_without_mobile_uses_email(diary):
    diary.book(TEN)

    assert [channel for _, channel, _ in planned()] == ["email", "email"]


def test_booking_follows_the_preference(diary, mobile):
    Patient.objects.update(preferred_channel="email")

    diary.book(TEN)

    assert [channel for _, channel, _ in planned()] == ["email", "email"]


@pytest.mark.parametrize(
    "wish", [{"preferred_channel": "none"}, {"leave_no_details": True}, {"email": ""}, {"email": "", "phone": "+33320000001"}]
)
def test_booking_of_somebody_who_cannot_or_will_not_be_told(diary, wish):
    Patient.objects.update(**wish)

    diary.book(TEN)

    assert planned() == []


def test_booking_later_than_the_reminder_is_only_confirmed(diary, mobile):
    diary.book(at(10))

    assert [kind for kind, _, _ in planned()] == ["confirmation"]


def test_walk_in_is_not_confirmed(diary, mobile):
    diary.book(TEN, actor=STAFF, source="walk_in", insist="sans rendez-vous")

    assert [kind for kind, _, _ in planned()] == ["reminder"]


def test_reminder_waits_for_the_morning(diary, mobile):
    visit = diary.book(TEN)

    move(visit, at(7, 30, day=NEXT_MONDAY), insist="tôt")

    assert planned()[-1] == ("reminder", "sms", at(8, day=date(2026, 3, 7)))


def test_request_is_acknowledged_then_confirmed(diary, mobile):
    diary.reason = make_reason(diary.alma, needs_validation=True)
    visit = diary.book(TEN)
    assert [kind for kind, _, _ in planned()] == ["requested"]

    confirm_request(appointment_id=visit.id, actor=STAFF, now=NOW)

    assert sent(NOW) == [f"Rendez-vous confirmé : lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi. Déplacer ou annuler : {LINK}"]
    assert [kind for kind, _, _ in planned()] == ["reminder"]


def test_confirmation_taken_back_withdraws_the_reminder(diary, mobile):
    diary.reason = make_reason(diary.alma, needs_validation=True)
    visit = diary.book(TEN)
    confirm_request(appointment_id=visit.id, actor=STAFF, now=NOW)

    change_status(appointment_id=visit.id, status="requested", actor=STAFF, now=NOW)

    assert [kind for kind, _, _ in planned()] == ["requested"]


def test_patient_given_later_is_told(diary, mobile):
    visit = diary.book(TEN, patient_id=None, actor=STAFF, source="phone")
    assert planned() == []

    set_patient(appointment_id=visit.id, patient_id=diary.nour.id, actor=STAFF, origin="", now=NOW)

    assert [kind for kind, _, _ in planned()] == ["confirmation", "reminder"]


def test_several_moves_are_one_message(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))
    move(visit, at(11, 30, day=NEXT_MONDAY), now=NOW + timedelta(minutes=1))

    assert sent(NOW + TWO_MINUTES) == []
    assert sent(NOW + timedelta(minutes=3)) == [
        "Rendez-vous déplacé : lundi 09/03 à 11h30, Dr Delcourt, Cabinet du Beffroi (au lieu du lundi 09/03 à 10h)."
        f" Empeché ? Prévenez ici : {LINK}"
    ]
    assert planned() == [("reminder", "sms", at(11, 30, day=date(2026, 3, 7)))]


def test_move_and_back_tells_nothing(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))
    move(visit, TEN)

    assert sent(NOW + TWO_MINUTES) == []


def test_move_undone_tells_nothing(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + timedelta(minutes=1))

    assert sent(NOW + timedelta(hours=1)) == []
    assert planned() == [("reminder", "sms", SATURDAY_TEN)]


def test_move_before_the_confirmation_left_is_one_confirmation(diary, mobile):
    visit = diary.book(TEN)
    move(visit, at(11, day=NEXT_MONDAY), now=NOW + timedelta(seconds=1))

    assert sent(NOW + timedelta(hours=1)) == [
        f"Rendez-vous confirmé : lundi 09/03 à 11h, Dr Delcourt, Cabinet du Beffroi. Déplacer ou annuler : {LINK}"
    ]


def test_move_to_another_practitioner_is_told(diary, mobile):
    colleague = make_practitioner(diary.site, first_name="Samir", last_name="Benali")
    visit = diary.book(TEN)
    sent(NOW)

    move(visit, None, practitioner_id=colleague.id, visit_reason_id=make_reason(colleague).id, insist="remplacement")

    assert sent(NOW + TWO_MINUTES) == [
        f"Rendez-vous déplacé : lundi 09/03 à 10h, Dr Benali, Cabinet du Beffroi. Empeché ? Prévenez ici : {LINK}"
    ]


def test_change_of_reason_alone_tells_nothing(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)

    move(visit, None, visit_reason_id=make_reason(diary.alma, name="Suivi").id)

    assert sent(NOW + timedelta(hours=1)) == []


def test_cancellation_by_the_patient_is_acknowledged_at_once(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)

    cancel(visit, by="patient")

    assert sent(NOW) == ["Rendez-vous annulé : lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi. Merci d'avoir prévenu."]
    assert planned() == []


def test_cancellation_by_the_cabinet_waits_for_second_thoughts(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)

    cancel(visit)

    assert sent(NOW + TWO_MINUTES - timedelta(seconds=1)) == []
    [text] = sent(NOW + TWO_MINUTES)
    assert text.startswith("Votre rendez-vous du lundi 09/03 à 10h, Dr Delcourt, Cabinet du Beffroi, ne peut pas avoir lieu.")


def test_cancellation_undone_tells_nothing_and_reminds_again(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    cancel(visit)

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + timedelta(minutes=1))

    assert sent(NOW + timedelta(hours=1)) == []
    assert planned() == [("reminder", "sms", SATURDAY_TEN)]


def test_cancellation_undone_too_late_is_answered_by_a_confirmation(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    cancel(visit)
    sent(NOW + TWO_MINUTES)

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + timedelta(minutes=5))

    [text] = sent(NOW + timedelta(minutes=5))
    assert text.startswith("Rendez-vous confirmé")


def test_cancellation_after_an_untold_move_names_the_time_that_was_told(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))

    cancel(visit)

    [text] = sent(NOW + TWO_MINUTES)
    assert text.startswith("Votre rendez-vous du lundi 09/03 à 10h,")


def test_move_then_cancel_then_undo_tells_the_move(diary, mobile):
    visit = diary.book(TEN)
    sent(NOW)
    move(visit, at(11, day=NEXT_MONDAY))
    cancel(visit)

    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW)

    [text] = sent(NOW + TWO_MINUTES)
    assert text.startswith("Rendez-vous déplacé : lundi 09/03 à 11h,")


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


def test_imported_visit_is_left_to_the_platform(diary, mobile):
    imported(diary)

    assert planned() == []


def test_imported_visit_is_reminded_when_the_cabinet_says_so(diary, mobile):
    register_reminding("doctolib", lambda appointment: True)

    imported(diary, actor=Actor.system(), origin="")

    assert [kind for kind, _, _ in planned()] == ["reminder"]


def test_reminder_is_withdrawn_when_the_platform_reminds_after_all(diary, mobile):
    diary.book(TEN)
    sent(NOW)
    register_reminding("website", lambda appointment: False)

    assert sent(SATURDAY_TEN) == []
    assert Message.objects.get(kind="reminder").outcome == "reminded by the platform"


def test_imported_visit_moved_by_the_cabinet_is_told(diary, mobile):
    visit = imported(diary)

    move(visit, at(11, day=NEXT_MONDAY), visit_reason_id=diary.reason.id)

    assert [kind for kind, _, _ in planned()] == ["moved"]


def test_imported_visit_cancelled_by_the_platform_is_left_to_it(diary, mobile):
    cancel(imported(diary), by="platform", origin="connection:1")

    assert planned() == []


def test_imported_visit_cancelled_by_the_cabinet_is_told(diary, mobile):
    cancel(imported(diary))

    assert [kind for kind, _, _ in planned()] == ["cancellation"]


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


def test_refused_booking_plans_nothing(diary, mobile):
    diary.book(TEN)
    with pytest.raises(Exception, match="vient d’être pris"):
        diary.book(TEN)

    assert Message.objects.count() == 2


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


def test_planning_is_one_statement(diary, mobile, django_assert_max_num_queries):
    visit = Appointment.objects.select_related("patient").get(pk=diary.book(TEN).pk)
    Message.objects.all().delete()
    news = reminders.News(visit, "booked", None, {}, PATIENT, "", NOW)

    with django_assert_max_num_queries(1):
        reminders.follow(news)


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
