"""People of the cabinet at their desk, on a Monday morning."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agenda.models import OpenedAgenda
from medidesk.accounts.middleware import SECOND_FACTOR_KEY
from medidesk.accounts.models import Role, User
from tests.agenda.desk.settings import filled_forms
from tests.agenda.diary import at
from tests.conftest import TOURCOING


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    """It is 9:31 on the Monday of the diary."""
    with time_machine.travel(at(9, 31), tick=False):
        yield


@pytest.fixture
def sign_in(cabinet) -> Callable[[User], Client]:
    """A browser of the cabinet in which that person has signed in with both factors."""

    def signed_in(user: User) -> Client:
        client = Client(headers={"host": TOURCOING})
        client.force_login(user)
        session = client.session
        session[SECOND_FACTOR_KEY] = True
        session.save()
        return client

    return signed_in


@pytest.fixture
def owner(sign_in, alma) -> Client:
    """Alma's browser: she owns the cabinet."""
    return sign_in(alma)


@pytest.fixture
def filled(diary) -> dict[str, dict[str, Any]]:
    """What a browser sends to create one of each kind of the settings."""
    return filled_forms(diary)


@pytest.fixture
def desk(sign_in, basile) -> Client:
    """Basile's browser."""
    return sign_in(basile)


@pytest.fixture
def practitioner_desk(sign_in, diary, cabinet) -> Client:
    """The browser of Alma the practitioner, who does not own the cabinet here."""
    user = User.objects.create_user("alma.seule@tourcoing.example", full_name="Alma Delcourt", role=Role.PRACTITIONER)
    diary.alma.user = user
    diary.alma.save()
    return sign_in(user)


@pytest.fixture
def telesecretary_desk(sign_in, diary) -> Client:
    """The browser of somebody of an outside firm, to whom Alma's agenda is open."""
    OpenedAgenda.objects.create(practitioner=diary.alma, role=Role.TELESECRETARY)
    return sign_in(User.objects.create_user("tele@firme.example", full_name="Téa", role=Role.TELESECRETARY))


@pytest.fixture
def count_queries(cabinet) -> Callable[[Callable[[], object]], int]:
    """How many queries a call asks."""

    def counted(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    return counted
