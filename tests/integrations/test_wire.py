"""HTTP towards platforms: bounded, never redirected, every silence recognised."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.errors import CursorGone, KeyRefused, NotUnderstood, OverQuota, Refused, Unavailable
from integrations.speaking import wire as wires
from integrations.speaking.wire import Reply, Wire, needed


class Answers:
    """A server that answers as a test says: status, headers, body."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, body = outer.answer
                self.send_response_only(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_DELETE = do_GET

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def answers() -> Iterator[Answers]:
    """The server."""
    made = Answers()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def wire(answers: Answers, settings) -> Iterator[Wire]:
    """A wire to it."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    made = Wire(answers.url, {"Authorization": "Bearer k"})
    yield made
    made.close()


def test_a_good_answer_is_json(wire, answers):
    answers.answer = (201, {}, b'{"id": "x"}')

    assert wire.send("POST", "/busy", {"a": 1}, reference="ours") == Reply(201, {"id": "x"})
    method, path, headers = answers.asked[0]
    assert (method, path, headers["authorization"], headers["x-client-reference"]) == ("POST", "/v1/busy", "Bearer k", "ours")
    assert headers["host"] == answers.url.split("/")[2]


@pytest.mark.parametrize(
    ("status", "body", "error", "unclear"),
    [
        (429, b"", Unavailable, False),
        (402, b'{"error": "over_quota"}', OverQuota, False),
        (500, b"", Unavailable, True),
        (503, b"{}", Unavailable, True),
        (200, b"<html>maintenance</html>", Unavailable, True),
        (200, b"[]", Unavailable, True),
        (401, b"{}", KeyRefused, None),
        (403, b"{}", KeyRefused, None),
        (410, b"{}", CursorGone, None),
        (400, b'{"error": "invalid"}', Refused, None),
        (302, b"", Refused, None),
    ],
)
def test_every_other_answer_is_an_error_of_its_kind(wire, answers, status, body, error, unclear):
    answers.answer = (status, {"location": "http://127.0.0.1:1/"}, body)

    with pytest.raises(error) as raised:
        wire.send("POST", "/busy", {})

    assert getattr(raised.value, "unclear", None) is unclear


def test_what_signs_sees_the_request_as_it_leaves(answers, settings):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    wire = Wire(
        answers.url, {"X-Key": "k"}, lambda request: request.headers.update({"X-Signed": f"{request.url.path} {request.content!r}"})
    )
    answers.answer = (200, {}, b'{"id": "x"}')

    wire.send("POST", "/busy", {"a": 1})
    wire.close()

    assert answers.asked[0][2]["x-signed"] == "/v1/busy b'{\"a\":1}'"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 0.0), ("99999", 3600.0), ("Mon, 02 Mar 2026 09:01:00 GMT", 60.0), ("soon", 5.0), ("", 5.0)],
)
def test_retry_after_in_seconds_or_as_a_date(wire, answers, header, seconds):
    answers.answer = (429, {"retry-after": header, "date": "Mon, 02 Mar 2026 09:00:00 GMT"}, b"")

    with pytest.raises(Unavailable) as raised:
        wire.get("/appointments")

    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("status", [404, 409, 422])
def test_refusals_that_connectors_tell_apart_are_answers(wire, answers, status):
    answers.answer = (status, {}, b'{"code": "X"}')

    reply = wire.send("DELETE", "/busy/1")

    assert reply == Reply(status, {"code": "X"})
    with pytest.raises(Refused):
        needed(reply)


def test_an_empty_good_answer_where_one_is_needed_is_not_understood(wire, answers):
    answers.answer = (200, {}, b"{}")

    with pytest.raises(NotUnderstood):
        needed(wire.get("/appointments/1"))


def test_an_answer_too_large_is_not_read_to_its_end(wire, answers, monkeypatch):
    monkeypatch.setattr(wires, "LARGEST_ANSWER_BYTES", 1000)
    answers.answer = (200, {}, b'"' + b"x" * 100_000 + b'"')

    with pytest.raises(Unavailable):
        wire.get("/appointments")


def test_an_address_inside_our_network_is_refused_when_connecting(answers, settings):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = False
    wire = Wire(answers.url, {})

    with pytest.raises(Refused) as raised:
        wire.get("/appointments")

    wire.close()
    assert (str(raised.value), answers.asked) == ("target-not-allowed", [])


def test_silence_and_slow_bytes_end_by_themselves(doctolib, settings, monkeypatch):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    monkeypatch.setattr(wires, "ANSWER_WITHIN_SECONDS", 0.4)
    wire = Wire(doctolib.simulator.url + "/v1", {"Authorization": "Bearer sim-doctolib-key"})
    for fault in ("half-open", "slow-bytes"):
        doctolib.simulator.order_fault(fault, "GET /practitioners")

        with pytest.raises(Unavailable):
            wire.get("/practitioners")
    wire.close()
