"""How many statements each act costs through its door, so that nobody makes it slower unseen (docs/performance.md)."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection

from integrations.models import Connection, Mode, PractitionerMapping
from patients.models import Patient
from tests.agenda.diary import NOW, Diary, at
from tests.conftest import TOURCOING
from tests.partners import Partner

MOST = {"book": 3, "lose": 3, "hold": 5, "confirm": 13, "release": 11, "move": 15, "cancel": 12}


class Door:
    """A partner of a cabinet with two platforms, whose patient wants messages; counts the statements of each call."""

    def __init__(self) -> None:
        self.diary, self.partner, self.calls = Diary(), Partner(TOURCOING), 0
        Patient.objects.filter(pk=self.diary.nour.pk).update(phone="+33639980012")
        for platform in ("doctolib", "maiia"):
            link = Connection.objects.create(platform=platform, base_url="https://platform.example", mode=Mode.BOTH)
            PractitionerMapping.objects.create(connection=link, practitioner=self.diary.alma, external_id=platform)

    def counted(self, call: Callable[[], Any], status: int) -> tuple[int, dict[str, Any]]:
        """The statements of a call that is answered so, and its body."""
        statements = 0

        def note(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal statements
            statements += not str(arguments[0]).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))  # of the test's own transaction too
            return execute(*arguments)

        with connection.execute_wrapper(note):
            response = call()
        assert response.status_code == status, response.content
        return statements, response.json() if response.content else {}

    def post(self, path: str, status: int = 201, **body: Any) -> tuple[int, dict[str, Any]]:
        """A POST with a key of its own."""
        self.calls += 1
        return self.counted(lambda: self.partner.post(path, body, Idempotency_Key=f"k{self.calls}"), status)

    def place(self, hour: int, minute: int = 0) -> dict[str, Any]:
        """What a booking or a hold says of a time."""
        return {"practitioner": str(self.diary.alma.id), "visit_reason": str(self.diary.reason.id), "start": at(hour, minute).isoformat()}

    def book(self, hour: int, minute: int = 0, status: int = 201) -> tuple[int, dict[str, Any]]:
        """A booking."""
        return self.post("appointments", status, patient=str(self.diary.nour.id), **self.place(hour, minute))


@pytest.fixture
def door(cabinet):
    """The door, warm: the set-up is read, the key known."""
    with time_machine.travel(NOW, tick=False):
        door = Door()
        door.book(9)
        yield door


def test_a_booking_and_a_booking_that_comes_too_late(door):
    booked, _ = door.book(10)
    lost, _ = door.book(10, status=409)

    assert booked <= MOST["book"]
    assert lost <= MOST["lose"]


def test_a_hold_that_is_confirmed_and_one_that_is_given_back(door):
    held, hold = door.post("holds", **door.place(10))
    _, other = door.post("holds", **door.place(11))
    confirmed, _ = door.post("appointments", hold=hold["id"], patient=str(door.diary.nour.id))
    released, _ = door.counted(lambda: door.partner.delete(f"holds/{other['id']}"), 204)

    assert held <= MOST["hold"]
    assert confirmed <= MOST["confirm"]
    assert released <= MOST["release"]


def test_a_move_and_a_cancellation(door):
    _, visit = door.book(10)
    moved, visit = door.counted(
        lambda: door.partner.patch(f"appointments/{visit['id']}", {"start": at(11).isoformat()}, visit["version"]), 200
    )
    cancelled, _ = door.post(f"appointments/{visit['id']}/cancellation", by="patient", reason="")

    assert moved <= MOST["move"]
    assert cancelled <= MOST["cancel"]
