"""Announcing an absence: the form, the visits with what is decided for each, the messages, the sending, what became of it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda import mass_absence
from agenda.absence_forms import AbsenceForm, choice_of
from agenda.actors import Actor
from agenda.desk.absences import absence_for, absences_of, draft_rows, may_announce, preview_of, report_of
from agenda.desk.day import desk_practitioners
from agenda.desk.rights import WRITERS, writable_agendas
from agenda.mass_absence import Choice
from agenda.mass_absence.affected import Scope, affected_holds
from agenda.mass_absence.errors import VisitsChanged
from agenda.models import MassAbsence, Site
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.db.locks import again_after_deadlock
from medidesk.errors import MediDeskError

DRAFT = MassAbsence.State.DRAFT


@allow(*WRITERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The latest ones."""
    return render(request, "agenda/absences.html", {"rows": absences_of(request.user), "section": "agenda"})


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Who and when; then the draft."""
    own, now = writable_agendas(request.user), clock.now()
    practitioners = desk_practitioners(own)
    sites = list(Site.objects.filter(deleted_at=None).order_by("name", "id")) if own is None else []
    initial = {
        "who": f"p|{request.GET.get('praticien', '')}",
        "first_day": request.GET.get("jour") or now.astimezone(current_zone()).date(),
    }
    form = AbsenceForm(request.POST or None, practitioners=practitioners, sites=sites, initial=initial)
    if form.is_valid():
        scope = form.scope
        if not may_announce(request.user, scope.practitioner_id):
            raise Http404
        try:
            mass = mass_absence.prepare(scope, actor=Actor.staff(request.user), now=now)
        except MediDeskError as error:
            form.add_error(None, error.message)
        else:
            return redirect("agenda:absence", mass_id=mass.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "agenda/absence_new.html", {"form": form, "section": "agenda"}, status=status)


@allow(*WRITERS)
@require_safe
def show(request: HttpRequest, mass_id: UUID) -> HttpResponse:
    """A draft: the choices. Afterwards: what became of it, and whom to call."""
    mass, now = absence_for(request.user, mass_id), clock.now()
    return _choices(request, mass) if mass.state == DRAFT else _report(request, mass, now)


@allow(*WRITERS)
@require_POST
def choose(request: HttpRequest, mass_id: UUID) -> HttpResponse:
    """Keep what was chosen; the same for all, or on to the messages."""
    mass, now = absence_for(request.user, mass_id), clock.now()
    for_all = "appliquer" in request.POST
    choices = _chosen(request, "pour_tous" if for_all else "visit-")
    _check_targets(choices.values(), writable_agendas(request.user))
    try:
        if not for_all:
            mass_absence.decide(mass.pk, {UUID(one[6:]): two for one, two in choices.items()}, now=now, expected_version=_version(request))
            return redirect("agenda:absence_preview", mass_id=mass.pk)
        if choices:
            messages.success(request, _applied(mass_absence.decide_all(mass.pk, choices["pour_tous"], now=now)))
    except MediDeskError as error:
        messages.error(request, error.message)
    except ValueError:
        raise Http404 from None
    return redirect("agenda:absence", mass_id=mass.pk)


@allow(*WRITERS)
@require_safe
def preview(request: HttpRequest, mass_id: UUID) -> HttpResponse:
    """The messages as they would leave."""
    mass = absence_for(request.user, mass_id)
    if mass.state != DRAFT:
        return redirect("agenda:absence", mass_id=mass.pk)
    context = {"mass": mass, "preview": preview_of(mass, clock.now()), "section": "agenda"}
    return render(request, "agenda/absence_preview.html", context)


@allow(*WRITERS)
@require_POST
def send(request: HttpRequest, mass_id: UUID) -> HttpResponse:
    """Close the agenda now; the rest in ten minutes."""
    mass, now = absence_for(request.user, mass_id), clock.now()
    try:
        sending = partial(mass_absence.send, mass.pk, actor=Actor.staff(request.user), now=now, expected_version=_version(request))
        again_after_deadlock(sending)
    except VisitsChanged as error:
        mass_absence.renew_lines(mass.pk, now=now)
        messages.error(request, error.message)
    except MediDeskError as error:
        messages.error(request, error.message)
    return redirect("agenda:absence", mass_id=mass.pk)


@allow(*WRITERS)
@require_POST
def undo(request: HttpRequest, mass_id: UUID) -> HttpResponse:
    """Stop in time, or put back what can be; a draft is thrown away."""
    mass, now = absence_for(request.user, mass_id), clock.now()
    try:
        if mass.state == DRAFT:
            mass_absence.discard(mass.pk, now=now)
            messages.success(request, _("Absence abandonnée : rien n’a été envoyé."))
            return redirect("agenda:day")
        again_after_deadlock(partial(mass_absence.undo, mass.pk, actor=Actor.staff(request.user), now=now))
    except MediDeskError as error:
        messages.error(request, error.message)
    return redirect("agenda:absence", mass_id=mass.pk)


@allow(*WRITERS)
@require_POST
def call(request: HttpRequest, mass_id: UUID, line_id: UUID) -> HttpResponse:
    """Somebody of the call list was telephoned, or not after all."""
    mass = absence_for(request.user, mass_id)
    try:
        mass_absence.note_call(
            mass.pk, line_id, called="appele" in request.POST, outcome=request.POST.get("suite", "").strip(),
            actor=Actor.staff(request.user), now=clock.now(),
        )  # fmt: skip
    except MediDeskError:
        raise Http404 from None
    return redirect(f"{request.path.rpartition('/appels/')[0]}#appel-{line_id}")


def _choices(request: HttpRequest, mass: MassAbsence) -> HttpResponse:
    now, own = clock.now(), writable_agendas(request.user)
    rows = draft_rows(mass, now, own)
    targets = {option.value.split("|")[1] for row in rows for option in row.options if option.value.startswith("move|")}
    context = {
        "mass": mass, "rows": rows, "holds": len(affected_holds(Scope.of(mass), now)), "section": "agenda",
        "unreached": sum(row.reach is None for row in rows),
        "colleagues": [one for one in desk_practitioners(own) if str(one.id) in targets and one.id != mass.practitioner_id],
    }  # fmt: skip
    return render(request, "agenda/absence_draft.html", context)


def _report(request: HttpRequest, mass: MassAbsence, now: datetime) -> HttpResponse:
    rows = report_of(mass)
    calls = [row for row in rows if row.call_for]
    waiting = mass.state == MassAbsence.State.SENT and mass.due_at and now < mass.due_at
    context = {
        "mass": mass, "rows": rows, "calls": calls, "section": "agenda", "in_grace": waiting,
        "still_to_call": sum(row.line.phoned_at is None for row in calls),
        "minutes_left": -int((now - mass.due_at).total_seconds() // 60) if waiting else 0,
        "at_work": any(row.line.state in ("waiting", "to_undo") for row in rows) and not waiting,
        "settled": sum(row.line.state not in ("waiting", "to_undo") for row in rows),
    }  # fmt: skip
    return render(request, "agenda/absence_report.html", context)


def _chosen(request: HttpRequest, prefix: str) -> dict[str, Choice]:
    """The decisions of the form's fields that begin so."""
    found = {name: choice_of(text) for name, text in request.POST.items() if name.startswith(prefix)}
    return {name: choice for name, choice in found.items() if choice}


def _check_targets(choices: Iterable[Choice], own: list[UUID] | None) -> None:
    """Nobody moves visits into an agenda that is not theirs to write in."""
    if own is not None and any(choice.practitioner_id not in own for choice in choices if choice.practitioner_id):
        raise Http404


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def _applied(count: int) -> str:
    return ngettext("Choix appliqué à %(n)d rendez-vous.", "Choix appliqué à %(n)d rendez-vous.", count) % {"n": count}
