"""Each fault does what its order says, as often as ordered, and then the platform behaves again."""

import time

import httpx
import pytest

from tests.integrations.simulators.processes import VISITS, Running

START = "2027-03-01T09:00:00Z"
VISIT = {"practitioner_id": "pra_001", "start_time": START, "duration": 20, "patient": {"first_name": "Nour", "last_name": "Haddad"}}


def book(running: Running, **rest: object) -> httpx.Response:
    return running.api.post("/appointments", json=VISIT | rest)


@pytest.mark.parametrize("kind", ["500", "502", "503", "401"])
def test_an_error_writes_nothing(doctolib: Running, kind: str) -> None:
    doctolib.simulator.order_fault(kind, on="POST /appointments")

    assert book(doctolib).status_code == int(kind)
    assert doctolib.simulator.state()["appointments"] == []
    assert book(doctolib).status_code == 201


def test_too_many_requests_say_when_to_come_back(doctolib: Running) -> None:
    doctolib.simulator.order_fault("429", on="POST /appointments", times=2, retry_after=7)

    answers = [book(doctolib) for _ in range(3)]

    assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [(429, "7"), (429, "7"), (201, None)]


def test_a_lost_answer_has_written(doctolib: Running) -> None:
    doctolib.simulator.order_fault("answer-lost", on="POST /appointments")

    with pytest.raises(httpx.TransportError):
        book(doctolib, client_reference="ours-1")

    assert len(doctolib.api.get("/appointments", params={"client_reference": "ours-1"}).json()["data"]) == 1
    assert [(call["status"], call["fault"]) for call in doctolib.simulator.writes()] == [(201, "answer-lost")]


def test_a_reset_connection_has_not_written(doctolib: Running) -> None:
    doctolib.simulator.order_fault("reset", on="POST /appointments")

    with pytest.raises(httpx.TransportError):
        book(doctolib)

    assert doctolib.simulator.state()["appointments"] == []


def test_a_half_open_connection_says_nothing(doctolib: Running) -> None:
    doctolib.simulator.order_fault("half-open", on="POST /appointments", seconds=0.5)

    with pytest.raises(httpx.ReadTimeout):
        doctolib.api.post("/appointments", json=VISIT, timeout=0.2)


def test_slow_bytes_arrive_whole_but_late(doctolib: Running) -> None:
    doctolib.simulator.order_fault("slow-bytes", on="GET /practitioners", interval=0.003)
    started = time.monotonic()

    assert len(doctolib.api.get("/practitioners").json()["data"]) == 2
    assert time.monotonic() - started > 0.2


def test_a_refusing_platform_listens_again(doctolib: Running) -> None:
    doctolib.simulator.order_fault("refuse", on="GET /practitioners", seconds=0.3)
    with pytest.raises(httpx.TransportError):
        doctolib.api.get("/practitioners")

    with pytest.raises(httpx.ConnectError):
        doctolib.api.get("/practitioners")
    time.sleep(0.5)

    assert doctolib.api.get("/practitioners").status_code == 200


def test_a_delay_makes_the_answer_late(doctolib: Running) -> None:
    doctolib.simulator.order_fault("delay", on="GET /practitioners", seconds=0.2)
    started = time.monotonic()
    doctolib.api.get("/practitioners")

    assert time.monotonic() - started >= 0.2


def test_maintenance_is_html_with_200(platform: Running) -> None:
    platform.simulator.order_fault("maintenance")
    answer = platform.api.get("/practitioners")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("kind,complete", [("truncate", False), ("truncate-silent", None), ("truncate-lying", True)])
def test_a_truncated_page_of_doctolib(doctolib: Running, kind: str, complete: bool | None) -> None:
    doctolib.simulator.preload([{"practitioner": "pra_001", "start": START} for _ in range(4)])
    doctolib.simulator.order_fault(kind, on="GET /appointments")

    page = doctolib.api.get("/appointments").json()

    assert (len(page["data"]), page.get("complete")) == (2, complete)


@pytest.mark.parametrize("kind,said", [("truncate", (True, 4)), ("truncate-silent", (None, 4)), ("truncate-lying", (True, 2))])
def test_a_truncated_page_of_maiia(maiia: Running, kind: str, said: tuple) -> None:
    maiia.simulator.preload([{"practitioner": "p-7", "start": START} for _ in range(4)])
    maiia.simulator.order_fault(kind, on="GET /appointments")

    page = maiia.api.get("/appointments").json()

    assert (len(page["items"]), (page.get("last"), page["total"])) == (2, said)


def test_an_expired_cursor_meets_only_who_resumes(doctolib: Running) -> None:
    doctolib.simulator.order_fault("cursor-expired")

    answers = [doctolib.api.get("/appointments", params=params).status_code for params in ({}, {"updated_since": START}, {})]

    assert answers == [200, 410, 200]


def test_rewritten_ids_both_resolve(doctolib: Running) -> None:
    first = book(doctolib).json()["appointment"]["id"]
    doctolib.simulator.order_fault("rewrite-ids", on="GET /appointments")

    second = doctolib.api.get("/appointments").json()["data"][0]["appointment"]["id"]

    assert first != second
    assert [doctolib.api.get(f"/appointments/{each}").json()["appointment"]["id"] for each in (first, second)] == [second, second]


@pytest.mark.parametrize(
    "form,written",
    [
        ("utc", "2027-03-01T09:00:00Z"),
        ("local", "2027-03-01T10:00:00+01:00"),
        ("no-seconds", "2027-03-01T09:00Z"),
        ("naive", "2027-03-01T10:00:00"),
    ],
)
def test_times_in_another_form(doctolib: Running, form: str, written: str) -> None:
    doctolib.simulator.order_fault("time-format", on="POST /appointments", format=form)

    assert book(doctolib).json()["appointment"]["start_time"] == written


def test_names_in_capitals(platform: Running) -> None:
    practitioner = platform.simulator.state()["practitioners"][0]["id"]
    booked = platform.simulator.book(practitioner, START, patient={"first_name": "Chloé", "last_name": "Haddad"})
    platform.simulator.order_fault("text", text="upper")

    assert "CHLOÉ" in platform.api.get(f"{VISITS[platform.platform]}/{booked['id']}").text


def test_a_fault_may_skip_some_calls_and_want_a_text(doctolib: Running) -> None:
    doctolib.simulator.order_fault("500", on="POST /appointments", skip=1, match="wanted")

    answers = [book(doctolib, client_reference=reference).status_code for reference in ("other", "wanted-1", "wanted-2", "wanted-3")]

    assert answers == [201, 409, 500, 409]


def test_cleared_faults_are_gone(doctolib: Running) -> None:
    doctolib.simulator.order_fault("500", times=None)
    doctolib.simulator.clear_faults()

    assert (doctolib.simulator.faults(), book(doctolib).status_code) == ([], 201)


def test_an_unknown_fault_is_refused(doctolib: Running) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        doctolib.simulator.order_fault("meteor")
