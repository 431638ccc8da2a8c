"""Whoever has something due is found without visiting every cabinet."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from medidesk.cabinets.models import Cabinet
from medidesk.due.models import DuePointer
from medidesk.due.pointers import cabinets_due, point, unpoint

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
ROW = uuid4()


@pytest.fixture(autouse=True)
def _in_cabinet(cabinet):
    """Everything here happens in Tourcoing."""


def test_cabinets_due_are_those_with_a_row_due(cabinet, other_cabinet):
    point("messages", [ROW, uuid4()], NOW)
    with other_cabinet:
        point("messages", [uuid4()], LATER)

    assert cabinets_due(NOW) == [("messages", cabinet.schema_name)]


def test_cabinets_due_soonest_first(cabinet, other_cabinet):
    point("messages", [ROW], LATER)
    with other_cabinet:
        point("outbox", [uuid4()], NOW)

    assert cabinets_due(LATER) == [("outbox", other_cabinet.schema_name), ("messages", cabinet.schema_name)]


def test_point_again_moves_the_pointer():
    point("messages", [ROW], NOW)
    point("messages", [ROW], LATER)

    assert [pointer.due_at for pointer in DuePointer.objects.all()] == [LATER]


def test_unpoint_forgets_rows_of_that_kind_only(cabinet):
    point("messages", [ROW], NOW)
    point("outbox", [ROW], NOW)

    unpoint("messages", [ROW])

    assert cabinets_due(NOW) == [("outbox", cabinet.schema_name)]


def test_cabinets_due_passes_over_a_suspended_cabinet():
    point("messages", [ROW], NOW)
    Cabinet.objects.filter(slug="tourcoing").update(status="suspended")

    assert (cabinets_due(NOW), DuePointer.objects.count()) == ([], 1)


def test_cabinets_due_forgets_a_cabinet_that_is_no_more():
    DuePointer.objects.create(schema="cgone", kind="messages", reference=ROW, due_at=NOW)

    assert (cabinets_due(NOW), DuePointer.objects.count()) == ([], 0)
