"""How values are written and within which bounds: malformed is 400, impossible 422."""

import pytest

from tests.agenda.api.test_contract_setup import UNKNOWN
from tests.partners import flaws


@pytest.mark.parametrize(
    ("route", "name", "value", "status"),
    [
        ("practitioners", "color", "#0B5D4", 422), ("practitioners", "color", "0b5d4a", 422), ("practitioners", "color", 5, 400),
        ("practitioners", "rpps", "1000267389", 422), ("practitioners", "rpps", "100026738999", 422), ("practitioners", "rpps", 1, 400),
        ("practitioners", "specialty", "XX", 422), ("practitioners", "specialty", None, 201), ("practitioners", "rpps", None, 201),
        ("sites", "phone", "12", 422), ("sites", "phone", "0033 3.20.00.00.01", 201), ("sites", "phone", None, 201),
        ("sites", "name", "", 422),
        ("resources", "kind", "boat", 422), ("resources", "kind", None, 400), ("resources", "site", None, 400),
        ("visit-reasons", "duration_minutes", 5, 201), ("visit-reasons", "duration_minutes", 4, 422),
        ("visit-reasons", "duration_minutes", 720, 201), ("visit-reasons", "duration_minutes", 721, 422),
        ("visit-reasons", "duration_minutes", "30", 400), ("visit-reasons", "duration_minutes", 30.5, 400),
        ("visit-reasons", "duration_minutes", True, 400), ("visit-reasons", "duration_minutes", 10**18, 422),
        ("visit-reasons", "grid_minutes", 4, 422),
        ("visit-reasons", "grid_minutes", 240, 201), ("visit-reasons", "grid_minutes", None, 201),
        ("visit-reasons", "buffer_before_minutes", 240, 201), ("visit-reasons", "buffer_before_minutes", 241, 422),
        ("visit-reasons", "buffer_after_minutes", -1, 422), ("visit-reasons", "buffer_after_minutes", None, 201),
        ("visit-reasons", "min_notice_minutes", 525_600, 201), ("visit-reasons", "min_notice_minutes", 525_601, 422),
        ("visit-reasons", "horizon_days", 730, 201),
        ("visit-reasons", "horizon_days", 731, 422), ("visit-reasons", "horizon_days", None, 201),
        ("visit-reasons", "bookable_by", "nobody", 422), ("visit-reasons", "practitioners", [{"id": 5}], 400),
        ("visit-reasons", "resource_kinds", ["boat"], 422), ("visit-reasons", "max_per_day", None, 201),
        ("opening-hours", "weekday", None, 422), ("opening-hours", "date", "2026-03-02", 422), ("opening-hours", "weekday", -1, 422),
        ("opening-hours", "start", "24:00", 422), ("opening-hours", "end", "24:00", 201), ("opening-hours", "end", "08:30", 422),
        ("opening-hours", "end", "02:00", 422), ("opening-hours", "end", "24:30", 422), ("opening-hours", "end", 12, 400),
        ("opening-hours", "valid_from", None, 422), ("opening-hours", "valid_until", "9999-12-31", 201),
        ("opening-hours", "valid_until", "10000-01-01", 400), ("opening-hours", "valid_until", "2026-02-30", 422),
        ("opening-hours", "valid_until", None, 201), ("opening-hours", "audience", None, 201), ("opening-hours", "audience", "vip", 422),
        ("opening-hours", "channels", ["fax"], 422), ("opening-hours", "channels", None, 201), ("opening-hours", "release", None, 201),
        ("opening-hours", "release", {"days_before": 365, "at": "00:00"}, 201), ("opening-hours", "release", "1 day", 400),
        ("opening-hours", "release", {"days_before": 366, "at": "08:00"}, 422), ("opening-hours", "every_n_weeks", 0, 422),
        ("absences", "start", "2026-03-02T09:00:00", 422), ("absences", "start", "2026-03-02", 400), ("absences", "site", UNKNOWN, 422),
        ("patients", "sex", "X", 422), ("patients", "email", "nobody", 422), ("patients", "birth_date", "1800-01-01", 422),
        ("patients", "birth_date", None, 201), ("patients", "phone", "6", 422), ("patients", "phone", None, 201),
        ("patients", "language", "french", 422), ("patients", "first_names", "", 422), ("patients", "birth_date", "03/02/2001", 400),
    ],
)  # fmt: skip
def test_a_malformed_value_is_400_and_an_impossible_one_422(partner, bodies, route, name, value, status):
    made = partner.post(route, {**bodies[route], name: value})
    path = f"{route}/{partner.post(route, bodies[route]).json()['id']}"
    changed = partner.patch(path, {name: value}, 1)

    assert (made.status_code, changed.status_code) == (status, 200 if status == 201 else status), made.content
    assert status == 201 or flaws(made)


def test_a_failed_check_digit_is_kept_and_shown(partner, bodies):
    made = partner.post("practitioners", {**bodies["practitioners"], "rpps": "10002673899"}).json()

    assert (made["rpps"], made["rpps_checked"]) == ("10002673899", False)


@pytest.mark.parametrize(
    "phone", ["03 20 00 00 01", "0320000001", "+33 3 20 00 00 01", "0033320000001", "03.20.00.00.01", "+33 (0)3 20 00 00 01"]
)
def test_a_phone_comes_in_any_spelling_and_goes_out_in_e164(partner, bodies, phone):
    assert partner.post("sites", {**bodies["sites"], "phone": phone}).json()["phone"] == "+33320000001"
