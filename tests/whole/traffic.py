"""Visits booked over REST on a running platform, and the wait until the other platforms show them."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from integrations.simulators.client import Simulator
from tests.whole.cabinet_client import CabinetClient


def vaccination(cabinet: CabinetClient) -> str:
    """The reason with the most free times."""
    return str(next(row["id"] for row in cabinet.everything("visit-reasons") if row["name"] == "Vaccination"))


def try_to_book(cabinet: CabinetClient, reason: str, time_: tuple[str, str], number: int) -> httpx.Response:
    """One visit, as the telephone would book it."""
    details = {"first_names": "Kim", "birth_name": "Tempête", "birth_date": "1980-01-02", "email": f"kim{number}@patients.example"}
    body = {"visit_reason": reason, "practitioner": time_[0], "start": time_[1], "patient_details": details, "source": "phone"}
    return cabinet.api("POST", "appointments", body, idempotency_key=f"kim-{reason}-{time_[1]}-{number}")


def book(cabinet: CabinetClient, reason: str, time_: tuple[str, str], number: int) -> dict[str, Any]:
    """One visit that is taken at once."""
    answer = try_to_book(cabinet, reason, time_, number)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def shown(simulator: Simulator, visits: list[dict[str, Any]]) -> Counter[tuple[str, datetime]]:
    """The times closed there for these visits, each with its visit."""
    references = {visit["id"] for visit in visits}
    closed = simulator.state()["busy"]
    return Counter(
        (each["client_reference"], datetime.fromisoformat(each["start"])) for each in closed if each["client_reference"] in references
    )


def wanted(visits: list[dict[str, Any]]) -> Counter[tuple[str, datetime]]:
    """What should be shown: each visit once, at its time."""
    return Counter((visit["id"], datetime.fromisoformat(visit["start"])) for visit in visits)


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask until it is so; AssertionError with `what` after that many seconds."""
    deadline = time.monotonic() + seconds
    while not _holds(true):
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def _holds(true: Callable[[], bool]) -> bool:
    try:
        return true()
    except httpx.HTTPError:
        return False
