"""Addresses that people typed: never inside our own network, whatever they are spelled like and whenever they change."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.errors import Refused, TargetNotAllowed, Unavailable
from integrations.speaking import targets
from integrations.speaking import wire as wires
from integrations.speaking.targets import allowed_addresses, check_target, is_public
from integrations.speaking.wire import Wire

INSIDE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0:8000/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://tourcoing.localhost/",
    "http://10.0.0.8/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://2852039166/",
    "http://192.0.0.8/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::10.0.0.8]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:8::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
]
NOT_AN_ADDRESS = [
    "", "nothing", "http://", "http:///x", "ftp://192.0.2.1/", "file:///etc/passwd", "gopher://192.0.2.1/", "webcal://192.0.2.1/",
    "http://user@93.184.215.14/", "http://user:pass@93.184.215.14/", "http://@93.184.215.14/", "http://93.184.215.14:99999/",
    "http://[::1", "http://93.184.215.14:x/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def strict(settings) -> None:
    """As in a cabinet's own installation."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = False


@pytest.mark.parametrize("address", INSIDE)
def test_no_spelling_of_an_address_inside_is_a_target(address):
    with pytest.raises(TargetNotAllowed):
        check_target(address)


@pytest.mark.parametrize("address", NOT_AN_ADDRESS)
def test_what_is_no_web_address_is_none(address):
    with pytest.raises(TargetNotAllowed):
        check_target(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"])
def test_the_public_internet_is_one(address):
    assert is_public(address)


def test_one_address_inside_among_several_is_enough_to_refuse(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", names({"two.example": [["93.184.215.14", "10.0.0.8"]]}))

    with pytest.raises(TargetNotAllowed):
        allowed_addresses("two.example", 443)


def names(answers: dict[str, list[list[str]]]):
    """A resolver that gives each name's answers one after the other, the last one for ever."""
    left = {name: list(each) for name, each in answers.items()}

    def resolve(host, port, *args, **kwargs):
        found = left[host].pop(0) if len(left[host]) > 1 else left[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return resolve


class Inner:
    """A service of our own network, which must never hear of anybody; `tricks` are what it does when asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{}"
        self.pause = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                for byte in outer.answer if outer.pause else [outer.answer]:
                    try:
                        self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
                        self.wfile.flush()
                    except OSError:
                        return
                    time.sleep(outer.pause)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def inner() -> Iterator[Inner]:
    """That service."""
    made = Inner()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_name_that_turns_inside_after_it_was_checked_is_refused_when_connecting(inner, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", names({"turns.example": [["93.184.215.14"], ["127.0.0.1"]]}))
    check_target(f"http://turns.example:{inner.port}/")
    wire = Wire(f"http://turns.example:{inner.port}", {})

    with pytest.raises(Refused) as refused:
        wire.get("/")

    wire.close()
    assert (str(refused.value), inner.asked) == ("target-not-allowed", [])


def test_a_name_is_resolved_once_and_the_connection_goes_where_was_looked(inner, settings, monkeypatch):
    """The second answer, which would lead inside, is never asked for."""
    resolver, connected = names({"turns.example": [["93.184.215.14"], ["127.0.0.1"]]}), []
    monkeypatch.setattr(socket, "getaddrinfo", resolver)

    def connect(address, *args, **kwargs):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    wire = Wire(f"http://turns.example:{inner.port}", {})

    with pytest.raises(Unavailable):
        wire.get("/")

    wire.close()
    assert (connected, inner.asked) == ([("93.184.215.14", inner.port)], [])


def test_headers_that_drip_end_at_the_deadline(inner, settings, monkeypatch):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    monkeypatch.setattr(wires, "ANSWER_WITHIN_SECONDS", 0.4)
    inner.answer, inner.pause = b"HTTP/1.0 200 OK\r\n" + b"x: y\r\n" * 1000, 0.05
    wire, begun = Wire(f"http://127.0.0.1:{inner.port}", {}), time.monotonic()

    with pytest.raises(Unavailable):
        wire.get("/")

    wire.close()
    assert time.monotonic() - begun < 2


def test_the_next_address_is_tried_when_the_first_does_not_answer(inner, settings, monkeypatch):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    monkeypatch.setattr(targets, "_addresses", lambda host, port: ["127.0.0.2", "127.0.0.1"])
    wire = Wire(f"http://two.example:{inner.port}", {})

    assert wire.get("/").status == 200
    wire.close()
