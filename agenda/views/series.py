"""Series at the desk: say the times, look at each, book, read the report, end the rest."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.actors import Actor
from agenda.desk.day import desk_practitioners
from agenda.desk.rights import READERS, WRITERS, sees, visit_for, writable_agendas, writes
from agenda.desk.together import is_to_come, lines_of, series_for
from agenda.models import Series, VisitReason
from agenda.series.booking import add_occurrence, book_series
from agenda.series.ending import cancel_rest
from agenda.series.forms import AddForm, SeriesForm, chosen_starts, first_values
from agenda.series.patterns import starts_of
from agenda.series.planning import Prospect, plan_series
from agenda.series.wishes import Wish
from agenda.views.found_patients import described, found
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError
from patients.models import Patient

SOURCE = "phone"
NOTED = 500


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The pattern, then the preview, then the booking."""
    patient, step = _patient(request), request.POST.get("etape", "")
    if request.method != "POST":
        return _page(request, _form(request, initial=_initial(request)), patient)
    if step == "choix":  # a search, by POST so that no name is in an address
        return _page(request, _form(request, initial=_typed(request)), patient)
    form = _form(request, request.POST)
    if patient is None:
        form.add_error(None, forms.ValidationError(_("Choisissez un patient.")))
    if not form.is_valid() or patient is None:
        return _page(request, form, patient, status=422)
    try:
        if step == "reserver":
            return _booked(request, form, patient)
        return _page(request, form, patient, prospects=_look(request, form, patient))
    except forms.ValidationError as flaw:
        form.add_error(None, flaw)
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(error.message))
        return _page(request, form, patient, prospects=_look_again(request, form, patient), status=error.status)
    return _page(request, form, patient, prospects=_look_again(request, form, patient), status=422)


@allow(*READERS)
@require_safe
def show(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """The report, and the visits as they now stand."""
    series, now = _series(request, series_id), clock.now()
    lines = lines_of(series)
    may_write = request.user.has_role(*WRITERS) and writes(request.user, series.practitioner_id)
    context = {
        "series": series, "lines": lines, "booked": sum(1 for one in lines if one.appointment_id), "section": "agenda",
        "to_come": [one for one in lines if is_to_come(one.appointment, now)], "may_write": may_write, "add_form": AddForm(),
    }  # fmt: skip
    return render(request, "agenda/series.html", context)


@allow(*WRITERS)
@require_POST
def cancel(request: HttpRequest, series_id: UUID) -> HttpResponseBase:
    """Cancel the visits to come from one number on."""
    series = _series(request, series_id, write=True)
    by = "cabinet" if request.POST.get("par") == "cabinet" else "patient"
    first = request.POST.get("premiere", "1")
    try:
        cancelled = cancel_rest(
            series_id=series.id, by=by, reason=request.POST.get("raison", "").strip()[:NOTED], actor=Actor.staff(request.user),
            now=clock.now(), first=int(first) if first.isdecimal() and len(first) < 4 else 1,
        )  # fmt: skip
    except MediDeskError as error:
        messages.error(request, error.message)
    else:
        n = len(cancelled)
        text = ngettext("%(n)d rendez-vous annulé. Son horaire est libre.", "%(n)d rendez-vous annulés. Leurs horaires sont libres.", n)
        messages.success(request, text % {"n": n})
    return redirect("agenda:series", series_id=series.id)


@allow(*WRITERS)
@require_POST
def add(request: HttpRequest, series_id: UUID) -> HttpResponseBase:
    """One more visit."""
    series, form = _series(request, series_id, write=True), AddForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Saisissez un jour et une heure."))
        return redirect("agenda:series", series_id=series.id)
    start = datetime.combine(form.cleaned_data["date"], form.cleaned_data["heure"], tzinfo=current_zone())
    try:
        add_occurrence(series_id=series.id, start=start, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Séance ajoutée."))
    return redirect("agenda:series", series_id=series.id)


def _series(request: HttpRequest, series_id: UUID, *, write: bool = False) -> Series:
    """The series, when this person may see it (with `write`, change it); Http404 otherwise."""
    series, allowed = series_for(series_id), writes if write else sees
    if series is None or not allowed(request.user, series.practitioner_id):
        raise Http404
    return series


def _form(request: HttpRequest, data: Any = None, initial: dict[str, Any] | None = None) -> SeriesForm:
    practitioners = desk_practitioners(writable_agendas(request.user))
    reasons = VisitReason.objects.filter(deleted_at=None, offers__practitioner__in=practitioners).distinct()
    return SeriesForm(data, initial=initial, reasons=reasons, practitioners=practitioners)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """From a visit: the same weekday, time, reason and practitioner."""
    today = clock.now().astimezone(current_zone()).date()
    visit_id = _uuid(request.GET.get("visite", ""))
    if visit_id is None:
        return {**first_values(today), **_known(request.GET, "motif", "praticien")}
    visit = visit_for(request.user, visit_id)
    wall = visit.start.astimezone(current_zone())
    following = {"motif": str(visit.visit_reason_id or ""), "praticien": str(visit.practitioner_id)}
    return first_values(max(today, date.fromordinal(wall.date().toordinal() + 1)), wall) | following


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed before the search."""
    return {**_known(request.POST, "motif", "praticien", "heure", "du", "nombre", "rythme"), "jours": request.POST.getlist("jours")}


def _known(data: Any, *names: str) -> dict[str, str]:
    return {name: data[name] for name in names if data.get(name)}


def _patient(request: HttpRequest) -> Patient | None:
    """Whom the form, the address or the visit names."""
    wanted = _uuid(request.POST.get("patient") or request.GET.get("patient", ""))
    visit_id = _uuid(request.GET.get("visite", "")) if wanted is None and request.method != "POST" else None
    if visit_id is not None:
        wanted = visit_for(request.user, visit_id).patient_id
    return Patient.objects.filter(pk=wanted, deleted_at=None).first() if wanted else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _wish(form: SeriesForm, patient: Patient, starts: list[datetime], insist: str = "") -> Wish:
    data = form.cleaned_data
    return Wish(
        patient_id=patient.id, visit_reason_id=UUID(data["motif"]), practitioner_id=UUID(data["praticien"]), starts=starts,
        insist=insist or None,
    )  # fmt: skip


def _look(request: HttpRequest, form: SeriesForm, patient: Patient) -> list[Prospect]:
    """Each wanted time by the rules."""
    wish = _wish(form, patient, starts_of(form.pattern, current_zone()))
    return plan_series(wish, actor=Actor.staff(request.user), source=SOURCE, now=clock.now())


def _look_again(request: HttpRequest, form: SeriesForm, patient: Patient) -> list[Prospect]:
    """The preview after a refusal; nothing when it is the pattern itself that is refused."""
    try:
        return _look(request, form, patient)
    except MediDeskError:
        return []


def _booked(request: HttpRequest, form: SeriesForm, patient: Patient) -> HttpResponseBase:
    """Book what was chosen in the preview, and lead to the report."""
    starts = chosen_starts(request.POST, form.cleaned_data["nombre"])
    wish = _wish(form, patient, starts, request.POST.get("insister", "").strip()[:NOTED])
    made = book_series(wish, actor=Actor.staff(request.user), source=SOURCE, now=clock.now(), pattern=form.pattern.stored)
    booked = sum(1 for one in made.report if one.occurrence.appointment_id)
    text = ngettext("%(name)s\u00a0: %(n)d séance prévue sur %(all)d.", "%(name)s\u00a0: %(n)d séances prévues sur %(all)d.", booked)
    messages.success(request, text % {"name": patient.name, "n": booked, "all": len(made.report)})
    return redirect("agenda:series", series_id=made.series.id)


def _page(
    request: HttpRequest, form: SeriesForm, patient: Patient | None, *, prospects: list[Prospect] | None = None, status: int = 200
) -> HttpResponse:
    text = request.POST.get("q", "").strip()[:100]
    zone = current_zone()
    context = {
        "form": form, "q": text, "found": found(text) if text else described([patient]) if patient else [],
        "chosen_patient": str(patient.id) if patient else "", "section": "agenda",
        "rows": [_row(one, zone) for one in prospects or []], "bookable": sum(1 for one in prospects or [] if one.bookable),
    }  # fmt: skip
    return render(request, "agenda/series_new.html", context, status=status)


def _row(one: Prospect, zone: Any) -> dict[str, Any]:
    """One line of the preview; walls of the cabinet. « Quand même » when a motive would pass over what stands in the way."""
    return {
        "number": one.number, "start": one.start.astimezone(zone), "bookable": one.bookable,
        "why": one.in_the_way[0].detail if one.in_the_way else "", "warnings": one.warnings if one.bookable else (),
        "insistable": bool(one.in_the_way) and all(refusal.severity == "insist" for refusal in one.in_the_way),
        "alternatives": [start.astimezone(zone) for start in one.alternatives],
    }  # fmt: skip
