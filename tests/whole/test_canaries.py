"""Two cabinets flooded side by side: nothing of one in a page, answer, mail, SMS, log line or Valkey key of the other."""

import re
import time
from datetime import date
from uuid import UUID

import pytest
import redis

from medidesk.services.running import Demo
from tests.whole.cabinet_client import CabinetClient

pytestmark = pytest.mark.slow

FLOOD = 30
CANARY = {"tourcoing": "Zqtilleul", "reunion": "Zqvolcan"}
SECRETARY = {"tourcoing": "nadia@tilleuls.example", "reunion": "chloe@volcan.example"}
LINK = re.compile(r'(?:href|action|src|data-url|hx-get)="(/[^"#?]*)')
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def flooded(demo: Demo, tourcoing: CabinetClient, reunion: CabinetClient) -> dict[str, list[str]]:
    """Both cabinets booked at the same time by patients who carry the cabinet's canary; the visits' ids."""
    ids: dict[str, list[str]] = {"tourcoing": [], "reunion": []}
    times = {}
    for cabinet in (tourcoing, reunion):
        reason = next(row for row in cabinet.everything("visit-reasons") if row["name"].startswith("Consultation"))
        times[cabinet.slug] = (reason["id"], cabinet.free_times(reason["id"]))
    for number in range(FLOOD):
        for cabinet in (tourcoing, reunion):
            reason_id, free = times[cabinet.slug]
            practitioner, start = free[number * 3]
            ids[cabinet.slug].append(_book(cabinet, reason_id, practitioner, start, number))
    _wait_for_messages(tourcoing, reunion)
    return ids


def _book(cabinet: CabinetClient, reason: str, practitioner: str, start: str, number: int) -> str:
    canary = CANARY[cabinet.slug]
    details = {
        "first_names": f"Alix{'abcdefghijklmnopqrstuvwxyzABCDEFGH'[number]}",
        "birth_name": canary,
        "birth_date": str(date(1980, 1, 1 + number % 28)),
        "email": f"{canary.lower()}{number}@patients.example",
    }
    body = {"visit_reason": reason, "practitioner": practitioner, "start": start, "patient_details": details, "source": "phone"}
    answer = cabinet.api("POST", "appointments", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _wait_for_messages(*cabinets: CabinetClient) -> None:
    deadline = time.monotonic() + 60
    for cabinet in cabinets:
        while sum(CANARY[cabinet.slug].lower() in message["to"] for message in cabinet.outbox()) < FLOOD:
            assert time.monotonic() < deadline, "confirmations did not leave"
            time.sleep(0.5)


def crawl(cabinet: CabinetClient) -> dict[str, str]:
    """Every page that the secretary reaches from the desk and the site, three clicks deep, by path."""
    browser = cabinet.sign_in(SECRETARY[cabinet.slug])
    seen: dict[str, str] = {}
    waiting = ["/", "/agenda/", "/patients/", "/_dev/outbox", "/api/v1/", "/mes-rendez-vous/"]
    for _depth in range(3):
        found: list[str] = []
        for path in waiting:
            if path in seen or len(seen) > 150 or path.startswith(("/static/", "/compte/logout")):
                continue
            seen[path] = browser.get(path, follow_redirects=True).text
            found += LINK.findall(seen[path])
        waiting = found
    return seen


@pytest.mark.parametrize(("mine", "theirs"), [("tourcoing", "reunion"), ("reunion", "tourcoing")])
def test_pages_and_messages_know_only_their_cabinet(flooded, request, mine, theirs):
    cabinet: CabinetClient = request.getfixturevalue(mine)

    pages = crawl(cabinet)
    sent = str(cabinet.outbox())

    assert len(pages) > 20
    assert any(CANARY[mine] in page or CANARY[mine].upper() in page for page in pages.values())
    assert [path for path, page in pages.items() if CANARY[theirs].lower() in page.lower()] == []
    assert CANARY[mine].lower() in sent and CANARY[theirs].lower() not in sent


@pytest.mark.parametrize(("mine", "theirs"), [("tourcoing", "reunion"), ("reunion", "tourcoing")])
def test_api_lists_and_ids_know_only_their_cabinet(flooded, request, mine, theirs):
    cabinet: CabinetClient = request.getfixturevalue(mine)
    other: CabinetClient = request.getfixturevalue(theirs)

    rows = str(
        [cabinet.everything(path) for path in ("appointments", "practitioners", "sites", "visit-reasons", "opening-hours", "absences")]
    )
    found = cabinet.api("GET", f"patients?q={CANARY[theirs]}").json()["results"]

    assert set(flooded[mine]) <= set(UUIDS.findall(rows))
    assert not set(flooded[theirs]) & set(UUIDS.findall(rows))
    assert found == []
    assert {cabinet.api("GET", f"appointments/{one}").status_code for one in flooded[theirs]} == {404}
    stranger = cabinet.http.get("/api/v1/appointments", headers={"Authorization": f"Bearer {other.key}"})
    assert stranger.status_code == 401


def test_a_session_of_one_cabinet_is_worth_nothing_in_the_other(flooded, tourcoing, reunion):
    browser = tourcoing.sign_in(SECRETARY["tourcoing"])

    answer = browser.get("/agenda/", headers={"Host": reunion.host})

    assert answer.status_code in (302, 401)
    assert CANARY["reunion"].lower() not in answer.text.lower()


def test_log_lines_name_nobody(flooded, demo: Demo):
    logs = "".join(demo.log(path.stem) for path in sorted((demo.var / "log").glob("*.log")) if path.stem != "postgres").lower()

    assert len(logs) > 1000
    assert [canary for canary in CANARY.values() if canary.lower() in logs] == []


def test_valkey_keys_name_their_cabinet_and_hold_nobody(flooded, demo: Demo):
    store = redis.Redis.from_url(demo.environment["REDIS_URL"])
    contents = {key: store.dump(key) or b"" for key in store.scan_iter(count=1000)}
    store.close()

    text = b"".join([*contents, *contents.values()]).lower()

    assert contents
    assert [canary for canary in CANARY.values() if canary.lower().encode() in text] == []
    assert not any(UUID(one) and one.encode() in text for one in flooded["reunion"][:3])
