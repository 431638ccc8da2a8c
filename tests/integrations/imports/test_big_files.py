"""A big file: as long as its lines, in a bounded time, and the check says exactly what the import then does."""

import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from integrations.imports import runs
from tests.agenda.diary import at, make_practitioner
from tests.integrations.imports.bringing import NOW, PATIENTS, VISITS, checked, outcomes

SECONDS_FOR_5000 = 150  # on a loaded machine of two cores; about a third of it alone


def _person(number: int) -> str:
    return f"Nom{number};Prénom{number};{1 + number % 28:02d}/{1 + number % 12:02d}/{1930 + number % 90}"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["patients", "visits"])
def test_five_thousand_lines_are_checked_and_imported_in_a_bounded_time(diary, kind):
    if kind == "patients":
        lines = (f"{_person(n)};06 39 98 {n // 100 % 100:02d} {n % 100:02d};p{n}@patients.example\n" for n in range(5_000))
        text = PATIENTS + "".join(lines)
    else:
        moments = (at(8) + timedelta(days=n // 40 - 60, minutes=15 * (n % 40)) for n in range(5_000))
        text = VISITS + "".join(f"{_person(n % 1500)};{one:%d/%m/%Y;%H:%M};15;\n" for n, one in enumerate(moments))
    begun = time.monotonic()
    run = checked(kind, text)
    runs.ask_import(run.id, accepts_errors=False, now=NOW)
    runs.work_due(NOW)
    run.refresh_from_db()
    assert (run.state, run.line_count) == ("done", 5_000)
    assert time.monotonic() - begun < SECONDS_FOR_5000


_WORDS = some.sampled_from(["Haddad", "Hadad", "Dupont", "DUPONT", ""])
_LINES = some.lists(
    some.tuples(
        _WORDS,
        some.sampled_from(["Nour", "Jean", ""]),
        some.sampled_from(["17/05/1990", "05/17/1990", "17/05/1980", ""]),
        some.sampled_from(["02/03/2026", "03/02/2025", "29/03/2026", "zut"]),
        some.sampled_from(["9h", "9h10", "2h30", "10:00"]),
        some.sampled_from(["", "15", "60", "900"]),
        some.sampled_from(["", "Consultation"]),
    ).map(";".join),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=_LINES)
def test_what_the_check_says_is_what_happens(diary, lines):
    """Whatever the file and the agenda; each example adds to the agenda of those before."""
    run = checked("visits", VISITS + "\n".join(lines) + "\n", practitioner=str(diary.alma.id))
    said, figures = outcomes(run), run.figures
    runs.ask_import(run.id, accepts_errors=True, now=NOW)
    runs.work_due(NOW)
    run.refresh_from_db()
    assert (run.state, outcomes(run), run.figures) == ("done", said, figures)


def test_several_practitioners_in_one_file_wait_for_nobody(diary):
    make_practitioner(diary.site, first_name="Inès", last_name="Blin")
    run = checked("visits", "Praticien;Date;Heure\nDelcourt;02/03/2026;9:00\nBlin;02/03/2026;9:00\n")
    assert run.figures == {"created": 2, "new_patients": 0}
