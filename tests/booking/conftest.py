"""A cabinet that offers Monday mornings online, and a visitor who fills its forms."""

from datetime import datetime

import pytest
import time_machine
from django.test import Client

from booking.models import OnlineRules
from medidesk.messaging.models import Message
from tests.agenda.diary import NOW, Diary, at

IDENTITY = {
    "for_whom": "self", "birth_name": "L’Hostis-Haddad", "first_names": "Nour", "birth_day": "17", "birth_month": "5",
    "birth_year": "1990", "phone": "06 39 98 00 12", "email": "", "note": "",
}  # fmt: skip

NINE = at(9)


@pytest.fixture(autouse=True)
def _sunday_noon():
    """The day before the diary's Monday."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def travel(_sunday_noon):
    """Move the clock."""
    return _sunday_noon.move_to


@pytest.fixture
def diary(cabinet) -> Diary:
    """Alma, Mondays from 9 to 12, one reason of 30 minutes."""
    return Diary()


class Visitor:
    """Somebody with a browser without scripts."""

    def __init__(self, client: Client, diary: Diary) -> None:
        self.client, self.diary = client, diary

    def choose(self, start: datetime = NINE, **values):
        """Press the button of a time."""
        form = {
            "start": start.isoformat(),
            "practitioner": str(self.diary.alma.id),
            "visit_reason": str(self.diary.reason.id),
            "known": "no",
        }
        return self.client.post("/reserver/", form | values)

    def identify(self, **values):
        """Send the identity."""
        return self.client.post("/reservation/", IDENTITY | values)

    def received_code(self) -> str:
        """The code in the last message."""
        text = Message.objects.filter(kind="code").latest("created_at", "due_at").text
        return next(word.strip(".") for word in text.split() if word.strip(".").isdigit() and len(word.strip(".")) == 6)

    def confirm(self, code: str | None = None):
        """Type the code."""
        return self.client.post("/reservation/code/", {"code": code or self.received_code()})

    def book(self, start: datetime = NINE, **values) -> str:
        """The whole way; the address of the visit's page."""
        self.choose(start)
        self.identify(**values)
        return self.confirm().url


@pytest.fixture
def visitor(client, diary) -> Visitor:
    """Nour with her telephone."""
    return Visitor(client, diary)


@pytest.fixture
def two_hours_cut_off(cabinet) -> OnlineRules:
    """The cabinet wants to be called in the last two hours."""
    return OnlineRules.objects.create(change_until_minutes=120)
