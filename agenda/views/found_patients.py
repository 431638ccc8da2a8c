"""The patients found as one types, in the dialogs of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from agenda.desk.rights import WRITERS
from agenda.models import Appointment, Status
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from patients.ages import age_on
from patients.models import Patient
from patients.search import search_patients
from patients.traits import plain

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A patient as a line of the list: what was typed is marked, the last visit said."""

    patient: Patient
    name: SafeString
    age: int | None
    last_seen: date | None


@allow(*WRITERS)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The list alone, for `?q=`."""
    text = request.GET.get("q", "").strip()
    context = {"found": found(text), "q": text, "chosen_patient": request.GET.get("patient", ""), "prefer_first": True}
    return render(request, "agenda/_matches.html", context)


def found(text: str) -> list[Found]:
    """The patients in whose file every word of the text is found; three queries, whatever their number."""
    return described(search_patients(text, MOST_FOUND), text) if len(text) >= 2 else []


def described(patients: Sequence[Patient], text: str = "") -> list[Found]:
    """These patients as lines."""
    now = clock.now()
    seen = _last_seen([one.id for one in patients], now)
    words = plain(text).split()
    return [Found(one, marked(one.name, words), age_on(one.birth_date, now), seen.get(one.id)) for one in patients]


def _last_seen(ids: list[UUID], now) -> dict[UUID, date]:
    rows = Appointment.objects.filter(patient_id__in=ids, start__lt=now).exclude(status__in=(Status.CANCELLED, Status.NO_SHOW))
    latest = rows.values_list("patient_id").annotate(latest=Max("start")) if ids else []
    zone = current_zone()
    return {patient: start.astimezone(zone).date() for patient, start in latest}


def marked(name: str, words: Sequence[str]) -> SafeString:
    """The name with the beginnings that were typed between `<mark>`."""
    parts = []
    for part in name.split(" "):
        typed = next((word for word in words if not word.isdigit() and plain(part).startswith(word)), "")
        length = len(typed)
        parts.append(f"<mark>{escape(part[:length])}</mark>{escape(part[length:])}" if typed else escape(part))
    return mark_safe(" ".join(parts))
