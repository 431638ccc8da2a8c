"""Lists of visits over REST: filters, pages, changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.agenda.api.visits import UNKNOWN, booked
from tests.agenda.diary import STAFF, at
from tests.partners import flaws


def test_lists_are_filtered(partner, diary):
    first, second = booked(partner, diary), booked(partner, diary, 10)
    partner.post(f"appointments/{second['id']}/cancellation", {"by": "patient", "reason": ""})

    def ids(query: str) -> list[str]:
        return [one["id"] for one in partner.get(f"appointments?{query}").json()["results"]]

    assert ids("") == [first["id"], second["id"]]
    assert ids("status=cancelled") == [second["id"]]
    assert ids(f"from={at(9, 30).isoformat()}&to=2026-03-03") == [second["id"]]
    assert ids(f"from=2026-03-02&to={at(10).isoformat()}") == [first["id"]]
    assert ids(f"patient={diary.nour.id}&practitioner={diary.alma.id}&lane=normal&source=partner") == [first["id"], second["id"]]
    assert ids("external=doctolib:apt_1") == []


@pytest.mark.parametrize(
    ("query", "status", "flaw"),
    [
        (f"practitioner={UNKNOWN}", 422, ("/practitioner", "unknown-reference")),
        ("patient=nobody", 422, ("/patient", "unknown-reference")),
        ("status=gone", 422, ("/status", "not-a-choice")),
        ("limit=201", 422, ("/limit", "out-of-bounds")),
        ("limit=many", 400, ("/limit", "wrong-type")),
        ("changed_since=yesterday", 400, ("/changed_since", "wrong-type")),
    ],
)
def test_impossible_filters_are_refused(partner, diary, query, status, flaw):
    response = partner.get(f"appointments?{query}")

    assert (response.status_code, flaws(response)) == (status, [flaw])


def test_an_unreadable_cursor_is_400(partner, diary):
    response = partner.get("appointments?cursor=zzz")

    assert (response.status_code, response.json()["code"]) == (400, "cursor-not-valid")


def test_changed_since_is_inclusive_and_in_the_order_of_changes(partner, diary):
    first, second = booked(partner, diary), booked(partner, diary, 10)
    partner.patch(f"appointments/{first['id']}", {"start": at(11).isoformat()}, 1)

    results = partner.get(f"appointments?changed_since={second['updated_at']}").json()["results"]

    assert {one["id"] for one in results} == {first["id"], second["id"]}


def test_a_list_asks_as_many_queries_for_one_row_as_for_many(partner, diary):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            partner.get("appointments")
        return len(asked)

    booked(partner, diary)
    queries()
    for_one = queries()
    for hour, minute in ((9, 30), (10, 0), (10, 30), (11, 0), (11, 30)):
        diary.book(at(hour, minute), actor=STAFF, source="phone")

    assert queries() == for_one


def test_pages_neither_miss_nor_repeat_visits_that_move_meanwhile(partner, diary):
    made = [booked(partner, diary, 9 + n // 2, 30 * (n % 2)) for n in range(5)]
    first = partner.get("appointments?limit=2").json()
    partner.patch(f"appointments/{made[4]['id']}", {"start": at(11, 30).isoformat()}, 1)
    partner.post(f"appointments/{made[0]['id']}/cancellation", {"by": "patient", "reason": ""})
    partner.patch(f"appointments/{made[3]['id']}", {"start": at(9).isoformat()}, 1)
    partner.patch(f"appointments/{made[1]['id']}", {"start": at(11).isoformat()}, 1)

    seen, url = [one["id"] for one in first["results"]], first["next"]
    while url:
        body = partner.get(url).json()
        seen += [one["id"] for one in body["results"]]
        url = body["next"]

    assert seen == [one["id"] for one in made]
