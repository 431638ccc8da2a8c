"""Feeds as the world serves them: moved, huge, ours come back, shared by several people, with one event that nobody understands."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from agenda.models import Appointment
from integrations.comparison.pulling import KIND, pull, pull_due
from integrations.connections import health
from integrations.connections.connecting import connect, start
from integrations.errors import KeyRefused, Refused, TargetNotAllowed, Unavailable
from integrations.ics.connector import IcsConnector
from integrations.models import Connection
from integrations.speaking import wire as wires
from integrations.speaking.wire import Wire
from medidesk import clock
from medidesk.due.models import DuePointer
from tests.agenda.diary import Diary, make_practitioner
from tests.integrations.house import monday


class Shelf:
    """A web server with a page per path: (status, headers, body)."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("authorization", "")))
                status, headers, body = outer.pages.get(self.path, (404, {}, b""))
                self.send_response_only(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def put(self, *events: str, path: str = "/a.ics", **headers: str) -> str:
        """Lay a calendar there; answers its address."""
        text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *events, "END:VCALENDAR", ""])
        self.pages[path] = (200, headers, text.encode())
        return self.url + path


@pytest.fixture
def shelf(settings) -> Iterator[Shelf]:
    """That server."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    made = Shelf()
    yield made
    made.server.shutdown()
    made.server.server_close()


def event(hour: int, *lines: str, uid: str = "a") -> str:
    start = monday(hour)
    times = [f"DTSTART;TZID=Europe/Paris:{start:%Y%m%dT%H%M%S}", "DURATION:PT30M"]
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *times, *lines, "END:VEVENT"])


def join(address: str, practitioners: dict) -> Connection:
    connection = connect(platform="ics", base_url=address, api_key="", practitioners=practitioners, now=clock.now())
    start(connection, clock.now())
    return connection


def seen() -> list:
    return list(Appointment.objects.order_by("start").values_list("practitioner__last_name", "start"))


@pytest.fixture
def diary(cabinet) -> Diary:
    return Diary()


def test_one_feed_for_several_people_by_address_or_by_title(diary, shelf):
    other = make_practitioner(diary.site, last_name="Autre")
    address = shelf.put(
        event(9, "ATTENDEE:mailto:alma@cabinet.example", "SUMMARY:x", uid="a"),
        event(10, "SUMMARY:Autre: réunion", uid="b"),
        event(11, "SUMMARY:Personne", uid="c"),
    )

    join(address, {diary.alma.id: "alma@cabinet.example", other.id: "Autre:"})

    assert seen() == [(diary.alma.last_name, monday(9)), ("Autre", monday(10))]


def test_a_weekly_event_fills_its_weeks(diary, shelf):
    join(shelf.put(event(9, "RRULE:FREQ=WEEKLY;COUNT=3")), {diary.alma.id: "*"})

    assert [begin for _name, begin in seen()] == [monday(9, weeks=week) for week in (1, 2, 3)]


def test_our_own_agenda_come_back_is_not_entered_twice(diary, shelf):
    place = {"start": monday(9), "end": monday(9, 30), "practitioner": diary.alma, "site": diary.site}
    ours = Appointment.objects.create(**place, source="phone", booked_by="Basile")

    join(shelf.put(event(9, uid=f"{ours.id}@medidesk"), event(10, uid="else@medidesk")), {diary.alma.id: "*"})

    assert [begin for _name, begin in seen()] == [monday(9), monday(10)]


def test_an_event_that_nobody_understands_is_shown_and_is_not_cancelled(diary, shelf):
    connection = join(shelf.put(*(event(hour, uid=str(hour)) for hour in (9, 10, 11))), {diary.alma.id: "*"})
    pull(Connection.objects.get(pk=connection.pk), clock.now())
    shelf.put(event(9, uid="9"), event(10, "RRULE:FREQ=SECONDLY", uid="10"))

    pull(Connection.objects.get(pk=connection.pk), clock.now())

    assert list(Appointment.objects.order_by("start").values_list("status", flat=True)) == ["confirmed", "confirmed", "cancelled"]
    assert [task.title for task in health.tasks(clock.now())] == ["Message de iCalendar non compris"]
    shelf.put(*(event(hour, uid=str(hour)) for hour in (9, 10)))
    pull(Connection.objects.get(pk=connection.pk), clock.now())
    assert health.tasks(clock.now()) == []


def test_a_webcal_address_is_asked_by_https(diary):
    assert IcsConnector.address(" webcal://calendar.example/a.ics ") == "https://calendar.example/a.ics"
    assert IcsConnector.address("HTTPS://calendar.example/a.ics") == "HTTPS://calendar.example/a.ics"


def test_it_is_asked_every_ten_minutes(diary, shelf):
    connection = join(shelf.put(event(9)), {diary.alma.id: "*"})
    now = clock.now()
    DuePointer.objects.filter(kind=KIND, reference=connection.id).update(due_at=now)

    pull_due(now)

    assert DuePointer.objects.get(kind=KIND, reference=connection.id).due_at == now + timedelta(minutes=10)


# --- the download ---------------------------------------------------------------------------------------------------


def download(address: str, **headers: str):
    wire = Wire(address, headers)
    try:
        return wire.download({})
    finally:
        wire.close()


def test_a_feed_that_moved_is_followed(shelf):
    shelf.put(path="/new.ics")
    shelf.pages["/old.ics"] = (301, {"location": "/new.ics"}, b"")

    assert download(shelf.url + "/old.ics").raw.startswith(b"BEGIN:VCALENDAR")


def test_redirects_end(shelf):
    shelf.pages["/a.ics"] = (302, {"location": "/a.ics"}, b"")

    with pytest.raises(Refused):
        download(shelf.url + "/a.ics")
    assert len(shelf.asked) == wires.MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "there", ["http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/", "http://3232235777/", "ftp://x/", "file:///etc/passwd"]
)
def test_a_redirect_inside_our_network_is_refused(shelf, settings, there, monkeypatch):
    shelf.pages["/a.ics"] = (302, {"location": there}, b"")
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = False
    monkeypatch.setattr("integrations.speaking.targets.is_public", lambda address: address == "127.0.0.1")

    with pytest.raises((Refused, TargetNotAllowed)):
        download(shelf.url + "/a.ics")


def test_a_key_does_not_follow_a_redirect_to_somebody_else(shelf):
    shelf.pages["/a.ics"] = (302, {"location": shelf.url.replace("127.0.0.1", "other.localhost") + "/b.ics"}, b"")

    with pytest.raises(Refused):
        download(shelf.url + "/a.ics", Authorization="Basic x")
    assert [path for path, _key in shelf.asked] == ["/a.ics"]


def test_a_feed_larger_than_five_megabytes_is_not_read_to_its_end(shelf):
    shelf.pages["/a.ics"] = (200, {}, b"x" * (wires.LARGEST_ANSWER_BYTES + 1))

    with pytest.raises(Unavailable):
        download(shelf.url + "/a.ics")


def test_a_closed_door_is_a_key_refused(shelf):
    shelf.pages["/a.ics"] = (401, {}, b"")

    with pytest.raises(KeyRefused):
        download(shelf.url + "/a.ics")
