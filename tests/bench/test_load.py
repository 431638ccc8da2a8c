"""The generator: keeps its connections, sends each request once, and notices a wrong body."""

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.bursts import Burst, run_bursts
from bench.load import Load, get, post, run_load


class Echo(BaseHTTPRequestHandler):
    """Answers the path; remembers which connection asked what."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked[self.path] += 1
        self.server.connections.add(self.client_address)
        body = self.path.encode()
        self.send_response(409 if "taken" in self.path else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """On a free port of the loopback."""
    found = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    found.asked, found.connections = Counter(), set()
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def load(server: ThreadingHTTPServer, paths: list[str], **values: object) -> Load:
    port = server.server_port
    return Load(port, [get(port, "a.example", path) for path in paths], **{"clients": 3, "seconds": 5.0, "again": False} | values)


def test_each_request_is_sent_once_over_connections_that_are_kept(server):
    run_load(load(server, [f"/{n}" for n in range(30)]))
    assert (set(server.asked.values()), len(server.asked), len(server.connections)) == ({1}, 30, 3)


def test_latencies_are_kept_by_status(server):
    outcome = run_load(load(server, ["/a", "/taken", "/b", "/taken"]))
    assert {status: len(found) for status, found in outcome.latencies.items()} == {200: 2, 409: 2}


def test_a_body_that_is_not_the_expected_one_is_counted(server):
    assert run_load(load(server, ["/a", "/b", "/a"], expected=b"/a")).wrong == 1


def test_a_body_that_another_request_should_have_is_counted(server):
    bodies = [b"/a", b"/x", b"/c"]
    assert run_load(load(server, ["/a", "/b", "/c"], bodies=bodies)).wrong == 1


def test_a_burst_answers_each_request_in_its_place(server):
    requests = [[get(server.server_port, "a.example", path) for path in burst] for burst in (("/a", "/taken", "/b"), ("/taken",))]
    assert [told.status for told in run_bursts(Burst(server.server_port, requests)).told] == [200, 409, 200, 409]


def test_a_load_in_time_ends_in_time(server):
    outcome = run_load(load(server, ["/a"], seconds=0.2, again=True))
    assert outcome.count > 3 and outcome.seconds < 2


def test_a_post_carries_its_key_and_its_length():
    request = post(80, "a.example", "/x", "secret", b"{}", '"k"')
    assert request.endswith(b'Idempotency-Key: "k"\r\nContent-Length: 2\r\n\r\n{}') and b"Authorization: Bearer secret\r\n" in request
