"""WebDAV under the guard: who is asked, what is believed, and writes that hold only while nobody else wrote."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from integrations import wire as wires
from integrations.caldav import payloads
from integrations.caldav.connector import CaldavConnector
from integrations.errors import KeyRefused, NotUnderstood, Refused, Unavailable
from integrations.vocabulary import PlatformBusy
from integrations.wire import Wire
from medidesk import clock
from tests.integrations.caldav.radicale import event
from tests.integrations.house import monday

PARIS = ZoneInfo("Europe/Paris")
VISIT = "00000000-0000-4000-8000-000000000001"
OURS = f"/alma/agenda/{VISIT}@medidesk.ics"
MANY = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{}</D:multistatus>'
ONE = (
    "<D:response><D:href>{href}</D:href><D:propstat><D:prop>{props}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
)
Answer = tuple[int, dict[str, str], str]


class Scripted:
    """Answers in the order that a test says, the last one for ever; keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, text = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                body = text.encode()
                self.send_response_only(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = answer

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def methods(self) -> list[str]:
        """What was asked."""
        return [method for method, _path, _headers in self.asked]

    def conditions(self) -> list[str]:
        """The If-Match and If-None-Match of each call that had one."""
        named = [headers.get("if-match") or headers.get("if-none-match") for _method, _path, headers in self.asked]
        return [each for each in named if each]


@pytest.fixture
def scripted(settings) -> Iterator[Scripted]:
    """The server."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    made = Scripted()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def connector(scripted: Scripted) -> Iterator[CaldavConnector]:
    """A connector of Alma's."""
    wire = Wire(scripted.url, CaldavConnector.headers({"user": "alma", "api_key": "secret"}))
    yield CaldavConnector(wire, PARIS)
    wire.close()


def listed(*resources: str) -> Answer:
    return 207, {}, MANY.format("".join(resources))


def found(etag: str, hour: int = 10) -> Answer:
    return 200, {"etag": etag}, event(f"{VISIT}@medidesk", monday(hour), monday(hour, 30), "SEQUENCE:4")


def wanted(hour: int = 14) -> PlatformBusy:
    return PlatformBusy("/alma/agenda/", monday(hour), monday(hour, 30), client_reference=VISIT)


# --- who is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "there", ["http://127.0.0.1:1/alma/", "//calendrier.example/alma/", "https://calendrier.example/", "file:///etc/passwd"]
)
def test_the_password_goes_to_no_other_host(scripted, connector, there):
    scripted.answers = [listed()]

    with pytest.raises(Refused, match="another host"):
        connector.dav.get(there)

    assert scripted.asked == []


def test_a_server_that_sends_elsewhere_is_not_followed(scripted, connector):
    scripted.answers = [(301, {"location": "http://127.0.0.1:1/dav/"}, "")]

    with pytest.raises(Refused, match="another host"):
        connector.practitioners()

    assert scripted.methods == ["PROPFIND", "PROPFIND"]  # the well-known address, then the typed one


def test_redirects_on_the_same_host_are_followed_a_few_times(scripted, connector):
    scripted.answers = [(301, {"location": "/dav/"}, "")]

    with pytest.raises(Refused, match="too many redirects"):
        connector.dav.properties("/", "<D:displayname/>")

    assert [path for _method, path, _headers in scripted.asked] == ["/", "/dav/", "/dav/", "/dav/"]


def test_an_address_inside_our_network_is_not_asked(scripted, connector, settings):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = False

    with pytest.raises(Refused, match="target-not-allowed"):
        connector.dav.get("/alma/")

    assert scripted.asked == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"user": "alma", "api_key": "secret:é"}, "Basic " + base64.b64encode("alma:secret:é".encode()).decode()),
        ({"api_key": "jeton"}, "Bearer jeton"),
        ({"user": "", "api_key": "jeton"}, "Bearer jeton"),
    ],
)
def test_a_name_and_a_password_or_a_token(keys, said):
    assert CaldavConnector.headers(keys) == {"Authorization": said}


# --- what is believed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "<html></html>",
        "pas du XML",
        "",
        '<!DOCTYPE m [<!ENTITY e "e">]><D:multistatus xmlns:D="DAV:">&e;</D:multistatus>',
        '<!DOCTYPE m SYSTEM "file:///etc/passwd"><D:multistatus xmlns:D="DAV:"/>',
    ],
)
def test_only_a_plain_multistatus_is_understood(scripted, connector, body):
    scripted.answers = [(207, {}, body)]

    with pytest.raises(NotUnderstood):
        connector.dav.properties("/", "<D:displayname/>")


@pytest.mark.parametrize(
    ("status", "error"), [(200, NotUnderstood), (401, KeyRefused), (403, Refused), (404, Refused), (429, Unavailable), (503, Unavailable)]
)
def test_every_other_answer_is_an_error_of_its_kind(scripted, connector, status, error):
    scripted.answers = [(status, {}, "")]

    with pytest.raises(error) as raised:
        connector.dav.report("/alma/agenda/", "<D:x {names}/>")

    assert not getattr(raised.value, "unclear", False)


@pytest.mark.parametrize("props", ["<D:displayname>accueil</D:displayname>", "<D:resourcetype><D:collection/></D:resourcetype>"])
def test_an_address_from_which_no_calendar_is_found_is_said(scripted, connector, props):
    scripted.answers = [listed(ONE.format(href="/", props=props))]

    with pytest.raises(NotUnderstood, match="no calendars"):
        connector.practitioners()


def test_an_answer_without_end_is_cut(scripted, connector, monkeypatch):
    monkeypatch.setattr(wires, "LARGEST_ANSWER_BYTES", 1000)
    scripted.answers = [(207, {}, " " * 2000)]

    with pytest.raises(Unavailable):
        connector.dav.properties("/", "<D:displayname/>")


@pytest.mark.parametrize(
    "resource",
    [
        "<D:response><D:href>/alma/agenda/</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>",
        ONE.format(href="/alma/agenda/a.ics", props="<D:getetag>1</D:getetag>"),
    ],
)
def test_a_list_that_leaves_something_out_is_not_whole(scripted, connector, resource):
    scripted.answers = [listed(), listed(), listed(resource)]

    assert not connector.window(clock.now(), monday(20), "/alma/agenda/").complete


def test_an_event_that_is_no_calendar_is_kept_apart_and_whatever_is_missing_may_be_it(scripted, connector):
    bad = ONE.format(href="/alma/agenda/a.ics", props="<C:calendar-data>BEGIN:VCALENDAR UID:a</C:calendar-data>")
    scripted.answers = [listed(), listed(), listed(bad)]

    assert connector.window(clock.now(), monday(20), "/alma/agenda/").visits == ()
    with pytest.raises(NotUnderstood):
        connector.visit("whatever")


# --- writing ---------------------------------------------------------------------------------------------------------


def test_closing_a_time_takes_one_call_that_overwrites_nothing(scripted, connector):
    scripted.answers = [(201, {}, "")]

    made = connector.create_busy(wanted(), uuid4())

    assert (made.external_id, scripted.methods, scripted.conditions()) == (OURS, ["PUT"], ["*"])


def test_where_our_event_stands_already_it_gets_the_time(scripted, connector):
    scripted.answers = [(412, {}, ""), found('"1"'), (204, {}, "")]

    connector.create_busy(wanted(), uuid4())

    assert (scripted.methods, scripted.conditions()) == (["PUT", "GET", "PUT"], ["*", '"1"'])


def test_where_it_has_the_time_already_nothing_is_written(scripted, connector):
    scripted.answers = [(412, {}, ""), found('"1"', 14)]

    connector.create_busy(wanted(), uuid4())

    assert scripted.methods == ["PUT", "GET"]


def test_an_event_changed_meanwhile_is_read_again_before_it_is_moved(scripted, connector):
    scripted.answers = [found('"1"'), (412, {}, ""), found('"2"', 11), (204, {}, "")]

    assert connector.move_busy(OURS, wanted(), uuid4()) is not None

    assert (scripted.methods, scripted.conditions()) == (["GET", "PUT", "GET", "PUT"], ['"1"', '"2"'])


def test_an_event_that_changes_as_fast_is_left_for_later(scripted, connector):
    scripted.answers = [each for number in range(3) for each in (found(f'"{number}"'), (412, {}, ""))]

    with pytest.raises(Unavailable, match="as fast as here"):
        connector.move_busy(OURS, wanted(), uuid4())


def test_one_that_is_gone_is_none(scripted, connector):
    scripted.answers = [(404, {}, "")]

    assert connector.move_busy(OURS, wanted(), uuid4()) is None


def test_opening_a_time_reads_again_what_changed_and_is_content_with_what_is_gone(scripted, connector):
    scripted.answers = [found('"1"'), (412, {}, ""), found('"2"'), (404, {}, "")]

    connector.delete_busy(OURS, uuid4())

    assert (scripted.methods, scripted.conditions()) == (["GET", "DELETE", "GET", "DELETE"], ['"1"', '"2"'])


@pytest.mark.parametrize("tag", ['W/"1"', ""])
def test_a_weak_tag_conditions_nothing(scripted, connector, tag):
    scripted.answers = [found(tag), (204, {}, "")]

    connector.delete_busy(OURS, uuid4())

    assert scripted.conditions() == []


def test_an_event_of_somebody_else_at_our_address_is_left_alone(scripted, connector):
    scripted.answers = [(200, {"etag": '"1"'}, event("dentiste", monday(10), monday(11)))]

    with pytest.raises(Refused, match="somebody else"):
        connector.delete_busy(OURS, uuid4())

    assert scripted.methods == ["GET"]


@pytest.mark.parametrize(("status", "error", "unclear"), [(403, Refused, None), (503, Unavailable, True), (401, KeyRefused, None)])
def test_a_write_that_is_refused_or_unclear(scripted, connector, status, error, unclear):
    scripted.answers = [(status, {}, "")]

    with pytest.raises(error) as raised:
        connector.create_busy(wanted(), uuid4())

    assert getattr(raised.value, "unclear", None) is unclear


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uid", "reference"), [(f"{VISIT}@medidesk", VISIT), (f"{VISIT}@medidesk.example", ""), ("dentiste", ""), ("", "")]
)
def test_our_events_are_known_by_their_name(uid, reference):
    assert payloads.own_reference(uid) == reference


def test_a_time_of_ours_that_repeats_by_now_is_not_as_it_was_written():
    text = event(f"{VISIT}@medidesk", monday(10), monday(11), "RRULE:FREQ=DAILY").encode()

    assert payloads.own_span(text, PARIS) is None
    assert payloads.own_span(b"BEGIN:VCALENDAR", PARIS) is None
