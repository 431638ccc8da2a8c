"""The set-up resources, field by field of the contract's table, and what every resource does alike."""

from typing import Any

import pytest
import time_machine

from tests.agenda.diary import NOW, make_hours, make_practitioner, make_reason, make_site
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

UNKNOWN = "00000000-0000-4000-8000-000000000000"
FIELDS = {
    "sites": {"name", "address_line", "postal_code", "city", "phone", "id", "version"},
    "practitioners": {
        "title", "first_name", "last_name", "specialty", "rpps", "sites", "bookable_online", "works_on_holidays", "color", "id", "version",
    },
    "resources": {"name", "kind", "site", "id", "version"},
    "visit-reasons": {
        "name", "internal_name", "duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "grid_minutes", "min_notice_minutes",
        "horizon_days", "bookable_by", "needs_validation", "max_per_day", "min_days_between", "one_upcoming", "practitioners",
        "resource_kinds", "color", "id", "version",
    },
    "opening-hours": {
        "practitioner", "site", "weekday", "date", "start", "end", "valid_from", "valid_until", "every_n_weeks", "visit_reasons",
        "audience", "channels", "release", "id", "version",
    },
    "quotas": {
        "practitioner", "site", "weekday", "start", "end", "visit_reasons", "channels", "most_visits", "release", "valid_from",
        "valid_until", "id", "version",
    },
    "absences": {"practitioner", "site", "start", "end", "label", "rrule", "id", "version"},
    "patients": {
        "birth_name", "used_name", "first_names", "birth_date", "sex", "email", "phone", "language", "id", "version", "provisional",
        "duplicates_of",
    },
}  # fmt: skip
ROUTES = list(FIELDS)
DELETABLE = [route for route in ROUTES if route != "patients"]
# One field of each to change.
CHANGES: dict[str, dict[str, Any]] = {
    "sites": {"city": "Roubaix"}, "practitioners": {"works_on_holidays": True}, "resources": {"name": "Salle 9"},
    "visit-reasons": {"one_upcoming": True}, "opening-hours": {"end": "24:00"}, "absences": {"label": "Congrès"}, "patients": {"sex": "F"},
    "quotas": {"most_visits": 3},
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_every_writable_field_comes_back_as_it_was_written(partner, bodies, route):
    made = partner.post(route, bodies[route])

    shown = made.json()
    assert made.status_code == 201, shown
    assert {name: shown[name] for name in bodies[route]} == bodies[route]
    assert shown.keys() >= FIELDS[route] and partner.get(made["Location"].removeprefix("/api/v1/")).json() == shown


@pytest.mark.parametrize("route", ROUTES)
def test_a_version_counts_changes_and_if_match_is_needed(partner, bodies, route):
    path = f"{route}/{partner.post(route, bodies[route]).json()['id']}"

    answers = [partner.patch(path, CHANGES[route], version) for version in (None, 1, 1, 2)]

    assert [one.status_code for one in answers] == [428, 200, 412, 200]
    assert [answers[1]["ETag"], answers[3]["ETag"], partner.get(path)["ETag"]] == ['"2"'] * 3
    assert partner.get(path).json().items() >= CHANGES[route].items()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("etag", ['W/"1"', "1", '"x"', '""'])
def test_only_the_strong_etag_matches(partner, bodies, route, etag):
    path = f"{route}/{partner.post(route, bodies[route]).json()['id']}"

    assert partner.call("PATCH", path, CHANGES[route], If_Match=etag).status_code == 412


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", ["id", "version", "updated_at", "nope"])
def test_other_fields_are_not_writable(partner, bodies, route, name):
    made = partner.post(route, {**bodies[route], name: 1})
    path = f"{route}/{partner.post(route, bodies[route]).json()['id']}"
    changed = partner.patch(path, {name: 1}, 1)

    assert [(one.status_code, flaws(one)) for one in (made, changed)] == [(422, [(f"/{name}", "not-writable")])] * 2


@pytest.mark.parametrize("route", DELETABLE)
def test_a_deleted_row_is_404_and_tells_those_who_follow_the_changes(partner, bodies, route):
    made = partner.post(route, bodies[route]).json()
    path = f"{route}/{made['id']}"

    codes = [partner.delete(path).status_code, partner.delete(path, 9).status_code, partner.delete(path, 1).status_code]
    after = [partner.get(path), partner.patch(path, {}, 1), partner.delete(path, 1)]
    row = next(one for one in partner.get(f"{route}?changed_since={made['updated_at']}").json()["results"] if one["id"] == made["id"])

    assert (codes, [one.status_code for one in after]) == ([428, 412, 204], [404, 404, 404])
    assert row["deleted_at"] and row["version"] == 2


@pytest.mark.parametrize("route", ROUTES)
def test_ids_of_another_cabinet_are_404_like_unknown_ones(partner, bodies, other_cabinet, route):
    made = partner.post(route, bodies[route]).json()
    with other_cabinet:
        stranger = Partner("reunion.localhost")

    answers = [stranger.call(method, f"{route}/{which}", b"{") for method in ("GET", "PATCH") for which in (made["id"], UNKNOWN, "x")]

    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}


@pytest.mark.parametrize(
    ("route", "name", "pointer"),
    [
        ("practitioners", "sites", "/sites/0"), ("resources", "site", "/site"), ("visit-reasons", "practitioners", "/practitioners/0/id"),
        ("opening-hours", "practitioner", "/practitioner"), ("opening-hours", "site", "/site"),
        ("opening-hours", "visit_reasons", "/visit_reasons/0"), ("absences", "practitioner", "/practitioner"),
        ("quotas", "practitioner", "/practitioner"), ("quotas", "site", "/site"), ("quotas", "visit_reasons", "/visit_reasons/0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("foreign", [False, True])
def test_unknown_and_foreign_references_are_422_at_their_pointer(partner, bodies, other_cabinet, route, name, pointer, foreign):
    with other_cabinet:
        site = make_site()
        theirs = {"site": site, "sites": site, "visit_reasons": make_reason()}.get(name) or make_practitioner(site)
    wrong: Any = str(theirs.id) if foreign else UNKNOWN
    value = {"sites": [wrong], "practitioners": [{"id": wrong}], "visit_reasons": [wrong]}.get(name, wrong)

    response = partner.post(route, {**bodies[route], name: value})

    assert (response.status_code, flaws(response)) == (422, [(pointer, "unknown-reference")])


@pytest.mark.parametrize("route", ROUTES)
def test_pages_go_through_all_in_their_natural_order_whatever_changes(partner, bodies, route):
    def make(n: int) -> dict[str, Any]:
        with time_machine.travel(NOW.timestamp() + n, tick=False):
            return partner.post(route, bodies[route]).json()

    before = {one["id"] for one in partner.get(route).json()["results"]}
    made = [make(n) for n in range(5)]
    first = partner.get(f"{route}?limit=2").json()
    seen, url = [one["id"] for one in first["results"]], first["next"]
    partner.patch(f"{route}/{made[0]['id']}", CHANGES[route], 1)
    partner.patch(f"{route}/{made[4]['id']}", CHANGES[route], 1)
    while url:
        body = partner.get(url).json()
        assert len(body["results"]) <= 2
        seen, url = seen + [one["id"] for one in body["results"]], body["next"]

    assert (len(seen), [one for one in seen if one not in before]) == (len(set(seen)), [one["id"] for one in made])


@pytest.mark.parametrize("route", ROUTES)
def test_changed_since_is_inclusive_and_sorted_by_change(partner, bodies, route):
    made = []
    for n in range(3):
        with time_machine.travel(NOW.timestamp() + 60 * n, tick=False):
            made.append(partner.post(route, bodies[route]).json())
    with time_machine.travel(NOW.timestamp() + 600, tick=False):
        partner.patch(f"{route}/{made[1]['id']}", CHANGES[route], 1)

    results = partner.get(f"{route}?changed_since={made[1]['updated_at']}").json()["results"]

    assert [one["id"] for one in results] == [made[2]["id"], made[1]["id"]]


@pytest.mark.parametrize("route", [*ROUTES, "appointments"])
@pytest.mark.parametrize(("limit", "status"), [("200", 200), ("1", 200), ("201", 422), ("0", 422), ("-1", 422), ("x", 400)])
def test_a_page_has_1_to_200_rows(partner, diary, route, limit, status):
    assert partner.get(f"{route}?limit={limit}").status_code == status


def test_fifty_rows_are_the_default(partner, diary):
    for n in range(51):
        make_site(name=f"Lieu {n}")

    assert len(partner.get("sites").json()["results"]) == 50


def test_hours_of_a_weekday_become_those_of_a_date(partner, bodies):
    path = f"opening-hours/{partner.post('opening-hours', bodies['opening-hours']).json()['id']}"

    refused = partner.patch(path, {"date": "2026-03-04"}, 1)
    changed = partner.patch(path, {"weekday": None, "date": "2026-03-04"}, 1)

    assert (refused.status_code, changed.status_code) == (422, 200)
    assert (changed.json()["weekday"], changed.json()["date"]) == (None, "2026-03-04")


def test_absent_is_unchanged_on_patch_and_null_is_no_limit(partner, bodies):
    path = f"visit-reasons/{partner.post('visit-reasons', bodies['visit-reasons']).json()['id']}"

    shown = partner.patch(path, {"horizon_days": None}, 1).json()

    assert (shown["horizon_days"], shown["grid_minutes"], shown["max_per_day"]) == (None, 15, 4)


def test_deleting_hours_leaves_the_visits(partner, diary):
    hours = make_hours(diary.alma, diary.site, 14, 15)
    diary.book(NOW.replace(day=2, hour=14))

    assert partner.delete(f"opening-hours/{hours.id}", 1).status_code == 204
    assert [one["status"] for one in partner.get("appointments").json()["results"]] == ["confirmed"]


def test_a_near_match_is_shown_as_a_likely_duplicate(partner, bodies):
    first = partner.post("patients", bodies["patients"]).json()
    second = partner.post("patients", {**bodies["patients"], "first_names": "Zoe", "email": None}).json()

    assert (first["provisional"], second["duplicates_of"]) == (False, [first["id"]])


@pytest.mark.parametrize("q", ["grand", "petit zo", "06 39 98 00 09", "03/02/2001", "2001-02-03"])
def test_patients_are_searched_as_the_desk_does(partner, bodies, q):
    made = partner.post("patients", bodies["patients"]).json()

    body = partner.get(f"patients?q={q}").json()

    assert ([one["id"] for one in body["results"]], body["next"]) == ([made["id"]], None)


@pytest.mark.parametrize("key", ["staff", "partner"])
def test_known_is_set_by_the_staff(partner, staff, bodies, key):
    response = {"staff": staff, "partner": partner}[key].post("patients", {**bodies["patients"], "known": True})

    assert response.status_code == (201 if key == "staff" else 422)


def test_agenda_read_reads_the_set_up_without_hours_quotas_absences_and_patients(diary):
    reader = Partner(TOURCOING, "agenda:read")

    answers = {route: reader.get(route).status_code for route in [*ROUTES, "appointments"]}

    assert {route for route, status in answers.items() if status == 403} == {"opening-hours", "quotas", "absences", "patients"}
