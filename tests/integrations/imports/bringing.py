"""What the tests of imports say again and again."""

from datetime import datetime
from typing import Any

from integrations.imports import runs
from integrations.models import ImportRun
from tests.agenda.diary import NOW

PATIENTS = "Nom;Prénom;Date de naissance;Mobile;Email\n"
VISITS = "Nom;Prénom;Date de naissance;Date;Heure;Durée;Motif\n"


def opened(kind: str, text: str | bytes, now: datetime = NOW) -> ImportRun:
    """A file taken in by Alma."""
    content = text.encode() if isinstance(text, str) else text
    return runs.open_import(kind, "export.csv", content, by="Alma", now=now)


def checked(kind: str, text: str | bytes, now: datetime = NOW, **mapping: Any) -> ImportRun:
    """A file tried."""
    run = opened(kind, text, now)
    if mapping:
        runs.set_mapping(run.id, {**run.mapping, **mapping}, now=now)
    runs.ask_check(run.id, now=now)
    runs.work_due(now)
    return runs.find_import(run.id)


def imported(kind: str, text: str | bytes, now: datetime = NOW, **mapping: Any) -> ImportRun:
    """A file tried, then brought in, its errors left aside."""
    run = checked(kind, text, now, **mapping)
    runs.ask_import(run.id, accepts_errors=True, now=now)
    runs.work_due(now)
    return runs.find_import(run.id)


def undone(run: ImportRun, now: datetime = NOW) -> ImportRun:
    """An import taken back."""
    runs.ask_undo(run.id, now=now)
    runs.work_due(now)
    return runs.find_import(run.id)


def outcomes(run: ImportRun) -> list[tuple[int, str, str]]:
    """(line, outcome, code) of each line."""
    return [(line.number, str(line.outcome), line.code) for line in run.lines.all()]
