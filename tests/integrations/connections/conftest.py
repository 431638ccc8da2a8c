"""A cabinet with one connection, Alma its owner and Basile its secretary before their browsers."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from integrations.models import Connection, OutboundChange
from medidesk import clock
from tests.agenda.desk.conftest import _monday_morning, count_queries, desk, sign_in
from tests.agenda.diary import Diary

__all__ = ["_monday_morning", "count_queries", "desk", "sign_in"]


@pytest.fixture
def diary(cabinet) -> Diary:
    """Alma's Monday mornings; Nour has a file."""
    return Diary()


@pytest.fixture
def owner(sign_in, alma, diary) -> Client:
    """Alma's browser: she owns the cabinet."""
    return sign_in(alma)


@pytest.fixture
def connection(diary) -> Connection:
    """Doctolib, live; Alma is who she is there."""
    made = Connection(platform="doctolib", base_url="http://127.0.0.1:9/v1", mode="both", last_read_at=clock.now())
    made.api_key = "sim-doctolib-key"
    made.save()
    made.practitioners.create(practitioner=diary.alma, external_id="pra_001")
    return made


def tell(connection: Connection, subject: Any, state: str, *, now: datetime | None = None, **rest: Any) -> OutboundChange:
    """A change of that visit in that state."""
    moment = now or clock.now()
    return OutboundChange.objects.create(connection=connection, subject=subject, act="booked", due=moment, state=state, **rest)
