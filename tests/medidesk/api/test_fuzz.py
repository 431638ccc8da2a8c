"""Every operation, fuzzed from its own document: no failure of ours, no answer that the document does not describe.

MEDIDESK_FUZZ_EXAMPLES (default 15) says how many calls each operation gets; hypothesis prints how to repeat what it finds.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from medidesk.api.openapi import document
from medidesk.wsgi import application
from tests.agenda.diary import Diary, at, make_absence, make_room
from tests.conftest import TOURCOING
from tests.partners import Partner

EXAMPLES = int(os.environ.get("MEDIDESK_FUZZ_EXAMPLES", "15"))
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
UNKNOWN = "00000000-0000-4000-8000-000000000000"
OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]


@pytest.fixture
def diary(cabinet: Any) -> Diary:
    """Something to read and change."""
    return Diary()


@pytest.fixture
def staff(diary: Diary) -> Partner:
    """A key that may do everything."""
    return Partner(TOURCOING, staff=True)


def an_id(diary: Diary, path: str) -> str:
    """An id that the path can mean, so that the call goes deeper than 404."""
    rows = {
        "sites": lambda: diary.site,
        "practitioners": lambda: diary.alma,
        "visit-reasons": lambda: diary.reason,
        "opening-hours": lambda: diary.hours,
        "patients": lambda: diary.nour,
        "resources": lambda: make_room(diary.site),
        "absences": lambda: make_absence(at(14), at(15), practitioner=diary.alma),
        "appointments": lambda: diary.book(at(9)),
    }
    make = rows.get(path.split("/")[3])
    return str(make().id) if make else UNKNOWN


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application called in this thread keeps the test's connection, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_the_document_is_true(diary, staff, path, method):
    load_all_checks()
    operation = schemathesis.openapi.from_dict(document())[path][method]
    headers = {"Authorization": f"Bearer {staff.key}", "Accept-Encoding": "identity"}
    row = an_id(diary, path) if "{id}" in path else ""

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def fuzz(case: Any) -> None:
        deeper = {"If-Match": "*"} if method in ("patch", "delete") else {}
        if row:
            case.path_parameters["id"] = row
        case.call_and_validate(app=application, base_url=f"http://{TOURCOING}", headers={**headers, **deeper}, checks=CHECKS)

    fuzz()
