"""Open pages are told where a visit is, and where it was."""

import json

import pytest
import redis
from django.conf import settings

from agenda.scheduling import book_appointment, cancel_appointment, hold_slot, move_appointment, release_hold
from tests.agenda.diary import NOW, PATIENT, STAFF, at, make_practitioner, make_reason


@pytest.fixture
def heard(cabinet):
    """Everything that has been published for this cabinet, as it was told."""
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as subscription:
        subscription.subscribe(f"live:{cabinet.uuid}")
        assert subscription.get_message(timeout=2)["type"] == "subscribe"

        def read():
            news = []
            while message := subscription.get_message(timeout=0.2):
                news.append(json.loads(message["data"]))
            return news

        yield read


def news_of(visit, practitioner=None, day="2026-03-02"):
    told = {"kind": "appointment", "id": str(visit.id), "practitioner": str((practitioner or visit.practitioner).id), "day": day}
    return told | {"version": visit.version}


def test_booking_is_told(diary, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        visit = diary.book(at(10))

    assert heard() == [news_of(visit)]


def test_booking_that_is_refused_is_not_told(diary, heard, django_capture_on_commit_callbacks):
    diary.book(at(10))
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Exception, match="vient d’être pris"):
        diary.book(at(10))

    assert heard() == []


def test_move_to_another_column_is_told_to_both(diary, heard, django_capture_on_commit_callbacks):
    samir = make_practitioner(diary.site, first_name="Samir", last_name="Benali")
    reason = make_reason(samir)
    visit = diary.book(at(10))

    with django_capture_on_commit_callbacks(execute=True):
        visit = move_appointment(
            appointment_id=visit.id, practitioner_id=samir.id, visit_reason_id=reason.id, actor=STAFF, now=NOW, insist="remplacement"
        ).appointment

    told = heard()
    assert [one for one in told if one != news_of(visit, samir)] == [news_of(visit, diary.alma)]
    assert len(told) == 2


def test_cancellation_is_told(diary, heard, django_capture_on_commit_callbacks):
    visit = diary.book(at(10))

    with django_capture_on_commit_callbacks(execute=True):
        visit = cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)

    assert heard() == [news_of(visit)]


def test_hold_is_told_when_placed_and_released(diary, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        hold = hold_slot(
            visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW
        )
        release_hold(hold_id=hold.id, actor=PATIENT, now=NOW)

    news = {"kind": "hold", "id": str(hold.id), "practitioner": str(diary.alma.id), "day": "2026-03-02", "version": None}
    assert heard() == [news, news]


def test_hold_that_is_used_is_told_by_its_visit(diary, heard, django_capture_on_commit_callbacks):
    hold = hold_slot(visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        visit = book_appointment(hold_id=hold.id, patient_id=diary.nour.id, actor=PATIENT, source="website", now=NOW).appointment

    assert heard() == [news_of(visit)]
