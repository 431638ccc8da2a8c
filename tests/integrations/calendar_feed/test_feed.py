"""A practitioner's agenda read by a telephone: what it says, to whom, and when it stops."""

import json
import logging
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from agenda.actors import Actor
from agenda.scheduling import cancel_appointment, change_status, move_appointment
from integrations.calendar_feed.addresses import create_feed, feeds_of, revoke_feed
from integrations.models import CalendarFeed
from medidesk import clock
from medidesk.accounts.models import Role, User
from medidesk.errors import NotFound, Refused
from medidesk.logs import hide_secret_paths
from tests.agenda.diary import Diary, at, make_practitioner
from tests.conftest import REUNION, TOURCOING

BASILE = Actor("Basile", "staff")


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(at(7), tick=False):
        yield


@pytest.fixture
def diary(cabinet) -> Diary:
    """Alma has an account of her own."""
    made = Diary()
    made.alma.user = User.objects.create_user("alma@tourcoing.example", full_name="Alma", role=Role.PRACTITIONER)
    made.alma.save()
    return made


@pytest.fixture
def token(diary) -> str:
    """Her telephone's."""
    return create_feed(user=diary.alma.user, device="Téléphone", now=clock.now())[1]


def read(token: str, host: str = TOURCOING, **headers: str):
    """As a telephone does, without a cookie."""
    return Client(headers={"host": host}).get(f"/ics/{token}", headers=headers)


def events(answer) -> list[dict]:
    """What a reader of the standard finds."""
    texts = ("UID", "STATUS", "SUMMARY", "SEQUENCE", "TRANSP", "CLASS")
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    return [{"start": one["DTSTART"].dt} | {name: str(one[name]) for name in texts} for one in found]


def test_a_visit_is_a_busy_time_and_nothing_else(diary, token):
    visit = diary.book(at(9))

    answer = read(token)

    assert (answer.status_code, answer["Content-Type"], len(answer.cookies)) == (200, "text/calendar; charset=utf-8", 0)
    busy = {"SUMMARY": "RDV", "STATUS": "CONFIRMED", "SEQUENCE": "0", "TRANSP": "OPAQUE", "CLASS": "PRIVATE"}
    assert events(answer) == [{"start": at(9), "UID": f"{visit.id}@medidesk"} | busy]
    text = answer.content.decode().casefold()
    words = [diary.nour.birth_name, diary.nour.first_names, diary.nour.email, diary.reason.name, str(diary.nour.id)]
    assert [word for word in words if word.casefold() in text] == []


def test_initials_on_request(diary):
    _row, token = create_feed(user=diary.alma.user, device="Montre", level="initials", now=clock.now())
    diary.book(at(9))

    assert [one["SUMMARY"] for one in events(read(token))] == ["RDV N.H."]


def test_the_sequence_counts_changes_of_time_and_status_only(diary, token):
    visit = diary.book(at(9))
    move_appointment(appointment_id=visit.id, actor=BASILE, now=clock.now(), start=at(10))
    change_status(appointment_id=visit.id, status="arrived", actor=BASILE, now=clock.now())

    (found,) = events(read(token))
    assert (found["UID"], found["start"], found["SEQUENCE"], found["STATUS"]) == (f"{visit.id}@medidesk", at(10), "2", "CONFIRMED")


def test_a_cancelled_visit_stays_thirty_days_then_goes(diary, token):
    visit = diary.book(at(9))
    cancel_appointment(appointment_id=visit.id, by="cabinet", reason="", actor=BASILE, now=clock.now())

    (found,) = events(read(token))
    assert (found["STATUS"], found["SEQUENCE"], found["TRANSP"]) == ("CANCELLED", "1", "TRANSPARENT")

    def seen(days: int) -> int:
        with time_machine.travel(at(7) + timedelta(days=days), tick=False):
            return len(events(read(token)))

    assert [seen(days) for days in (29, 31)] == [1, 0]


def test_the_window_is_30_days_back_and_180_forward(diary, token):
    diary.book(at(9))

    def seen(days: int) -> int:
        with time_machine.travel(at(7) + timedelta(days=days), tick=False):
            return len(events(read(token)))

    assert [seen(days) for days in (30, 31, -180, -181)] == [1, 0, 1, 0]


def test_nothing_new_is_304_and_news_are_not(diary, token):
    first = read(token)
    again = read(token, **{"If-None-Match": first["ETag"]})
    since = read(token, **{"If-Modified-Since": first["Last-Modified"]})
    with time_machine.travel(at(7, 5), tick=False):
        diary.book(at(9))
        news = read(token, **{"If-None-Match": first["ETag"]})
        later = read(token, **{"If-Modified-Since": first["Last-Modified"]})

    assert [one.status_code for one in (first, again, since, news, later)] == [200, 304, 304, 200, 200]
    assert (again.content, again["ETag"]) == (b"", first["ETag"])
    assert news["ETag"] != first["ETag"]


def test_one_statement_whatever_the_number_of_visits(diary, token, django_assert_num_queries):
    client = Client(headers={"host": TOURCOING})
    for hour in (9, 10, 11):
        diary.book(at(hour, 30))
    client.get(f"/ics/{token}")  # what is new is noted once

    with django_assert_num_queries(1):
        assert len(events(client.get(f"/ics/{token}"))) == 3


def test_each_device_has_its_own_address_and_its_end(diary, token):
    user = diary.alma.user
    row, other = create_feed(user=user, device="Tablette", now=clock.now())

    revoke_feed(row.id, user=user, now=clock.now())

    assert [read(one).status_code for one in (token, other)] == [200, 404]
    assert [one.device for one in feeds_of(user)] == ["Téléphone"]
    with pytest.raises(NotFound):
        revoke_feed(row.id, user=user, now=clock.now())


def test_the_address_is_stored_as_a_digest_only(diary, token):
    assert token not in str(list(CalendarFeed.objects.values()))
    assert len(token) >= 43  # 256 bits


def test_an_address_is_worth_nothing_elsewhere(diary, token, other_cabinet):
    assert [read(one, host).status_code for one, host in [(token, REUNION), ("x" * 43, TOURCOING), (token[:-1], TOURCOING)]] == [404] * 3


def test_it_ends_with_the_account_and_with_the_agenda(diary, token):
    diary.alma.user.is_active = False
    diary.alma.user.save()
    closed = read(token).status_code
    diary.alma.user.is_active = True
    diary.alma.user.save()
    diary.alma.user = None
    diary.alma.save()

    assert [closed, read(token).status_code] == [404, 404]


def test_nobody_elses_visits_are_in_it(diary, token):
    visit = diary.book(at(9))
    visit.practitioner = make_practitioner(diary.site, last_name="Autre")
    visit.save()

    assert events(read(token)) == []


def test_a_token_never_reaches_the_logs(diary, caplog):
    with caplog.at_level(logging.WARNING, "django.request"):
        read("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")

    told = [hide_secret_paths(None, "", {"event": record.getMessage()}) for record in caplog.records]
    assert "abcdefgh" not in json.dumps(told)
    assert hide_secret_paths(None, "", {"event": "Not Found: /ics/secret-1?x", "n": 1}) == {"event": "Not Found: /ics/…", "n": 1}


@pytest.mark.parametrize(("device", "code"), [("  ", "device-needed"), ("Téléphone", "device-known"), (" Téléphone ", "device-known")])
def test_a_device_is_named_once(diary, token, device, code):
    with pytest.raises(Refused) as refused:
        create_feed(user=diary.alma.user, device=device, now=clock.now())

    assert refused.value.code == code


def test_who_has_no_agenda_has_no_calendar(cabinet, basile):
    with pytest.raises(Refused) as refused:
        create_feed(user=basile, device="Téléphone", now=clock.now())

    assert refused.value.code == "no-own-agenda"


def test_ten_devices_are_enough(diary):
    for number in range(10):
        create_feed(user=diary.alma.user, device=f"Appareil {number}", now=clock.now())

    with pytest.raises(Refused) as refused:
        create_feed(user=diary.alma.user, device="Onze", now=clock.now())
    assert refused.value.code == "too-many-devices"
