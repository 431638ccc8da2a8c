"""Setting a cabinet up by REST alone."""

from typing import Any

import pytest

from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def site(partner: Partner) -> dict[str, Any]:
    """A site made over REST."""
    return partner.post("sites", {"name": "Tilleuls", "postal_code": "59200", "phone": "03 20 00 00 01"}).json()


@pytest.fixture
def alma(partner: Partner, site: dict[str, Any]) -> dict[str, Any]:
    """A practitioner made over REST."""
    return partner.post("practitioners", {"title": "Dr", "first_name": "Alma", "last_name": "Delcourt", "sites": [site["id"]]}).json()


def test_a_site_is_created_with_its_location_and_etag(partner):
    response = partner.post("sites", {"name": "Tilleuls", "phone": "03 20 00 00 01", "city": None})

    shown = response.json()
    assert (response.status_code, response["ETag"], response["Location"]) == (201, '"1"', f"/api/v1/sites/{shown['id']}")
    assert (shown["name"], shown["phone"], shown["city"], shown["version"]) == ("Tilleuls", "+33320000001", "", 1)


def test_reading_a_site_gives_its_strong_etag_even_compressed(partner, site):
    response = partner.get(f"sites/{site['id']}", Accept_Encoding="gzip")

    assert (response.status_code, response["ETag"], response.json()) == (200, '"1"', site)


def test_an_unchanged_site_is_304(partner, site):
    response = partner.get(f"sites/{site['id']}", If_None_Match='"1"')

    assert (response.status_code, response.content) == (304, b"")


def test_a_change_counts_a_version_and_the_same_again_does_not(partner, site):
    first = partner.patch(f"sites/{site['id']}", {"city": "Roubaix"}, 1)
    second = partner.patch(f"sites/{site['id']}", {"city": "Roubaix"}, 2)

    assert (first["ETag"], second["ETag"], second.json()["city"]) == ('"2"', '"2"', "Roubaix")


def test_a_change_without_if_match_is_428_and_stale_412_with_the_current_etag(partner, site):
    missing = partner.patch(f"sites/{site['id']}", {"city": "Lille"})
    stale = partner.patch(f"sites/{site['id']}", {"city": "Lille"}, 7)

    assert (missing.status_code, missing.json()["code"]) == (428, "if-match-needed")
    assert (stale.status_code, stale.json()["code"], stale["ETag"]) == (412, "stale", '"1"')


def test_an_unknown_id_is_404_before_anything_else_with_one_body(partner, site):
    bodies = {partner.patch(f"sites/{which}", {"nope": 1}).content for which in (UNKNOWN, "not-an-id", "x" * 36)}
    bodies.add(partner.delete(f"sites/{UNKNOWN}").content)
    bodies.add(partner.get("nowhere").content)

    assert len(bodies) == 1 and b'"code":"not-found"' in bodies.pop()


def test_a_deleted_site_is_404_and_shown_only_to_those_who_ask_what_changed(partner, site):
    gone = partner.delete(f"sites/{site['id']}", 1)

    assert (gone.status_code, gone.content) == (204, b"")
    assert partner.delete(f"sites/{site['id']}", 1).status_code == 404
    assert partner.get("sites").json()["results"] == []
    changed = partner.get("sites?changed_since=2020-01-01T00:00:00Z").json()["results"]
    assert [(row["id"], "deleted_at" in row) for row in changed] == [(site["id"], True)]


def test_a_site_in_use_stays(partner, site):
    partner.post("resources", {"name": "Salle 1", "kind": "room", "site": site["id"]})

    response = partner.delete(f"sites/{site['id']}", 1)

    assert (response.status_code, response.json()["code"]) == (409, "in-use")


def test_a_practitioner_shows_links_and_a_failed_check_digit(partner, site):
    made = partner.post(
        "practitioners",
        {
            "first_name": "Alma", "last_name": "Delcourt", "specialty": "SM26", "rpps": "10002673899", "sites": [site["id"]],
            "color": "#0B5D4A",
        },
    ).json()  # fmt: skip

    assert (made["sites"], made["rpps_checked"], made["specialty"], made["color"]) == ([site["id"]], False, "SM26", "#0b5d4a")


@pytest.mark.parametrize(
    ("field", "value", "status", "code"),
    [
        ("specialty", "SM999", 422, "unknown-specialty"),
        ("rpps", "123", 422, "rpps-not-valid"),
        ("color", "red", 422, "color-not-valid"),
        ("sites", [UNKNOWN], 422, "unknown-reference"),
        ("sites", ["nobody"], 422, "unknown-reference"),
        ("sites", UNKNOWN, 400, "wrong-type"),
        ("bookable_online", "yes", 400, "wrong-type"),
        ("first_name", None, 400, "wrong-type"),
        ("first_name", " ", 422, "required"),
        ("last_name", "a\u0000b", 422, "text-not-valid"),
        ("id", UNKNOWN, 422, "not-writable"),
        ("nickname", "x", 422, "not-writable"),
    ],
)
def test_a_practitioner_with_a_wrong_field_is_refused_at_its_pointer(partner, field, value, status, code):
    response = partner.post("practitioners", {"first_name": "Alma", "last_name": "Delcourt", field: value})

    pointer = "/sites/0" if isinstance(value, list) else f"/{field}"
    assert (response.status_code, response["Content-Type"], flaws(response)) == (status, "application/problem+json", [(pointer, code)])


def test_a_reason_with_its_practitioners_and_rooms(partner, alma):
    offered = [{"id": alma["id"], "duration_minutes": 45}]
    rooms = ["room", "room"]

    made = partner.post(
        "visit-reasons", {"name": "Suivi", "duration_minutes": 30, "practitioners": offered, "resource_kinds": rooms}
    ).json()

    assert made["practitioners"] == offered
    assert (made["resource_kinds"], made["grid_minutes"], made["bookable_by"]) == (rooms, None, "everyone")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration_minutes", 4), ("duration_minutes", 721), ("grid_minutes", 241), ("buffer_before_minutes", 241),
        ("min_notice_minutes", 525_601), ("horizon_days", 731),
    ],
)  # fmt: skip
def test_numbers_beyond_the_contract_are_refused(partner, field, value):
    response = partner.post("visit-reasons", {"name": "Suivi", "duration_minutes": 30, field: value})

    assert (response.status_code, flaws(response)) == (422, [(f"/{field}", "out-of-bounds")])


def test_changing_who_offers_a_reason_counts_a_version(partner, alma):
    made = partner.post("visit-reasons", {"name": "Suivi", "duration_minutes": 30, "practitioners": [{"id": alma["id"]}]}).json()

    changed = partner.patch(f"visit-reasons/{made['id']}", {"practitioners": [{"id": alma["id"], "duration_minutes": 20}]}, 1)

    assert (changed["ETag"], changed.json()["practitioners"]) == ('"2"', [{"id": alma["id"], "duration_minutes": 20}])


def hours(partner: Partner, alma: dict[str, Any], site: dict[str, Any], **values: Any) -> Any:
    return partner.post(
        "opening-hours", {"practitioner": alma["id"], "site": site["id"], "weekday": 0, "start": "09:00", "end": "12:00", **values}
    )


def test_hours_are_shown_as_they_were_written(partner, alma, site):
    response = hours(partner, alma, site, end="24:00", channels=["website"], release={"days_before": 1, "at": "08:00"})

    shown = response.json()
    assert (response.status_code, shown["start"], shown["end"], shown["channels"]) == (201, "09:00", "24:00", ["website"])
    assert (shown["release"], shown["every_n_weeks"], shown["date"]) == ({"days_before": 1, "at": "08:00"}, 1, None)


@pytest.mark.parametrize(
    ("values", "status", "flaw"),
    [
        ({"date": "2026-03-02"}, 422, ("/weekday", "weekday-or-date")),
        ({"weekday": None}, 422, ("/weekday", "weekday-or-date")),
        ({"weekday": 7}, 422, ("/weekday", "out-of-bounds")),
        ({"start": "24:00"}, 422, ("/start", "time-not-valid")),
        ({"start": "9h"}, 400, ("/start", "wrong-type")),
        ({"start": "12:00"}, 422, ("/end", "ends-before-start")),
        ({"every_n_weeks": 2}, 422, ("/valid_from", "valid-from-needed")),
        ({"release": {"days_before": 366, "at": "08:00"}}, 422, ("/release/days_before", "out-of-bounds")),
        ({"release": {"days_before": 1}}, 422, ("/release/at", "required")),
        ({"channels": ["fax"]}, 422, ("/channels/0", "not-a-choice")),
        ({"practitioner": UNKNOWN}, 422, ("/practitioner", "unknown-reference")),
        ({"visit_reasons": [UNKNOWN]}, 422, ("/visit_reasons/0", "unknown-reference")),
    ],
)
def test_impossible_hours_are_refused(partner, alma, site, values, status, flaw):
    response = hours(partner, alma, site, **values)

    assert (response.status_code, flaws(response)) == (status, [flaw])


def test_an_absence_is_of_a_practitioner_or_of_a_site(partner, alma, site):
    span = {"start": "2026-03-02T09:00:00+01:00", "end": "2026-03-02T12:00:00+01:00"}

    both = partner.post("absences", {**span, "practitioner": alma["id"], "site": site["id"]})
    one = partner.post("absences", {**span, "practitioner": alma["id"], "rrule": "FREQ=WEEKLY;COUNT=3"})

    assert (both.status_code, both.json()["code"]) == (422, "practitioner-or-site")
    assert (one.status_code, one.json()["start"], one.json()["rrule"]) == (201, span["start"], "FREQ=WEEKLY;COUNT=3")


def test_an_instant_without_offset_is_refused(partner, alma):
    response = partner.post("absences", {"practitioner": alma["id"], "start": "2026-03-02T09:00:00", "end": "2026-03-02T12:00:00+01:00"})

    assert (response.status_code, flaws(response)) == (422, [("/start", "offset-missing")])


def test_hours_need_a_settings_scope_to_be_read(cabinet):
    reader = Partner(TOURCOING, "agenda:read")

    response = reader.get("opening-hours")

    assert (response.status_code, response.json()["code"]) == (403, "missing-scope")
    assert reader.get("sites").status_code == 200
