"""Substitutions over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import RightsEntry
from tests.agenda.diary import make_practitioner
from tests.conftest import TOURCOING
from tests.partners import Partner


@pytest.fixture
def body(diary):
    """Paul in Alma's place for a week."""
    paul = make_practitioner(diary.site, first_name="Paul", last_name="Le Goff")
    return {"practitioner": str(diary.alma.id), "substitute": str(paul.id), "first_day": "2026-03-02", "last_day": "2026-03-06"}


def test_it_is_arranged_read_changed_and_withdrawn(partner, body):
    made = partner.post("substitutions", body)
    path = made["Location"].removeprefix("/api/v1/")
    shown = {"id": path.split("/")[1], "version": 1, **body, "ended_at": None}

    assert (made.status_code, made["ETag"], {name: made.json()[name] for name in shown}) == (201, '"1"', shown)
    assert partner.get(path).json() == made.json() == partner.get("substitutions").json()["results"][0]
    changed = partner.patch(path, {"last_day": "2026-03-09"}, 1)
    assert (changed.status_code, changed.json()["last_day"], changed["ETag"]) == (200, "2026-03-09", '"2"')
    assert (partner.delete(path, 2).status_code, partner.get(path).status_code) == (204, 404)
    assert list(RightsEntry.objects.values_list("act", flat=True)) == [
        "substitution-withdrawn", "substitution-changed", "substitution-arranged",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"last_day": "2026-03-01"}, "ends-before-start"),
        ({"last_day": "2028-03-01"}, "out-of-bounds"),
        ({"first_day": "2026-02-01", "last_day": "2026-02-02"}, "ends-in-the-past"),
        ({"substitute": "00000000-0000-4000-8000-000000000000"}, "unknown-reference"),
    ],
)
def test_the_impossible_is_422_with_its_code(partner, body, values, code):
    answer = partner.post("substitutions", body | values)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


def test_the_same_twice_is_refused(partner, body):
    partner.post("substitutions", body)

    assert partner.post("substitutions", body | {"first_day": "2026-03-06", "last_day": "2026-03-08"}).json()["code"] == "already-replaced"


def test_reading_hours_alone_is_not_enough(body, cabinet):
    reader = Partner(TOURCOING, "agenda:read", name="Lecteur")

    assert (reader.get("substitutions").status_code, reader.post("substitutions", body).status_code) == (403, 403)


def test_the_list_costs_the_same_with_thirty_rows(partner, body):

    partner.post("substitutions", body)
    with CaptureQueriesContext(connection) as one:
        partner.get("substitutions")
    for month in range(30):
        partner.post(
            "substitutions",
            body
            | {"first_day": f"20{27 + month // 12}-{month % 12 + 1:02}-01", "last_day": f"20{27 + month // 12}-{month % 12 + 1:02}-02"},
        )
    with CaptureQueriesContext(connection) as many:
        assert len(partner.get("substitutions").json()["results"]) == 31

    assert len(many) == len(one)
