"""Taking an import back: what it created goes, unless something else has touched it since."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from agenda.actors import Actor
from agenda.models import Appointment, JournalEntry
from agenda.scheduling.importing import withdraw_import
from integrations.models.imports import ImportLine, ImportRun
from patients.models import DuplicateCandidate, Patient
from patients.registration import withdraw_patient

# What the diary itself does to an imported visit does not count as somebody's touch.
UNTOUCHED_ACTS = ("imported", "lane")
_NOBODYS_USE = (Appointment, DuplicateCandidate)


def take_back(run: ImportRun, now: datetime) -> dict[str, int]:
    """Remove what the run created, within the caller's transaction; each line then says what stayed and why. Answers the figures."""
    lines = list(run.lines.all())
    figures: Counter[str] = Counter()
    _visits(run, [line for line in lines if line.appointment_id and line.outcome in ("created", "conflict")], now, figures)
    _patients(run, [line for line in lines if line.patient_is_new], now, figures)
    ImportLine.objects.bulk_update(lines, ["kept"], batch_size=1000)
    return dict(figures)


def _visits(run: ImportRun, lines: list[ImportLine], now: datetime, figures: Counter[str]) -> None:
    ids = [line.appointment_id for line in lines]
    acts = JournalEntry.objects.filter(appointment__in=ids).exclude(act__in=UNTOUCHED_ACTS)
    touched = set(acts.values_list("appointment_id", flat=True))
    actor, origin = Actor(run.by, "staff"), f"import:{run.id}"
    for line in lines:
        if line.appointment_id in touched:
            line.kept = "visit-touched"
            figures["visits_kept"] += 1
        elif line.appointment_id:
            withdraw_import(appointment_id=line.appointment_id, actor=actor, origin=origin, now=now)
            line.kept = "gone"
            figures["visits_gone"] += 1


def _patients(run: ImportRun, lines: list[ImportLine], now: datetime, figures: Counter[str]) -> None:
    ids = {line.patient_id for line in lines if line.patient_id}
    withdrawn = JournalEntry.objects.filter(act="withdrawn", origin=f"import:{run.id}").values("appointment_id")
    visited = set(Appointment.objects.filter(patient__in=ids).exclude(pk__in=withdrawn).values_list("patient_id", flat=True))
    used = _used(ids)
    unchanged = set(Patient.objects.filter(pk__in=ids, version=1, user=None, deleted_at=None).values_list("pk", flat=True))
    for line in lines:
        if line.patient_id is None:
            continue
        if line.patient_id in visited:
            kept = "patient-has-visits"
        elif line.patient_id in used or line.patient_id not in unchanged:
            kept = "patient-touched"
        else:
            withdraw_patient(line.patient_id, by=run.by, now=now, expected_version=1)
            kept = ""
        figures["patients_kept" if kept else "patients_gone"] += 1
        line.kept = kept or line.kept or "gone"


def _used(ids: Collection[UUID]) -> set[UUID]:
    """Those that something else than visits and likely duplicates refers to: a waiting list, a series, an excuse."""
    used: set[UUID] = set()
    for relation in Patient._meta.related_objects:
        if relation.related_model not in _NOBODYS_USE:
            name = relation.field.name
            rows = relation.related_model._default_manager.filter(**{f"{name}__in": list(ids)})
            used.update(rows.values_list(name, flat=True))
    return used
