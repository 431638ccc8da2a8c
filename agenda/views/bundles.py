"""Families and care paths at the desk: who comes for what, where everybody finds a place, all or none."""

import re
from datetime import datetime, timedelta
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
from agenda.bundles.booking import Member, book_bundle, cancel_bundle
from agenda.bundles.forms import PREFIX, ROWS, BundleForm, RowForm, first_values
from agenda.bundles.offers import Placement, bundle_offers
from agenda.bundles.wishes import Wanted
from agenda.desk.day import desk_practitioners
from agenda.desk.rights import READERS, WRITERS, sees, visit_for, writable_agendas, writes
from agenda.desk.together import is_to_come, members_of
from agenda.forms import chosen_time
from agenda.models import Appointment, Bundle, Practitioner, VisitReason
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError
from patients.models import Patient
from patients.search import search_patients

SOURCE = "phone"
OFFERED = 6
MOST_FOUND = 8
NOTED = 500


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The form, then the combinations, then the booking."""
    practitioners = desk_practitioners(writable_agendas(request.user))
    form, rows = _forms(request, practitioners)
    if request.method != "POST" or request.POST.get("etape") == "choix":
        return _page(request, form, rows)
    wanted = _wanted(form, rows, practitioners)
    if not form.is_valid():
        return _page(request, form, rows, status=422)
    try:
        if request.POST.get("etape") == "reserver" and request.POST.get("offre"):
            return _booked(request, form, wanted, practitioners)
        return _page(request, form, rows, offers=_offers(request, form, wanted))
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(_said(error)))
        return _page(request, form, rows, status=error.status)


@allow(*READERS)
@require_safe
def show(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """The visits of a bundle, as they now stand."""
    bundle, visits = _bundle(request, bundle_id)
    may_write = request.user.has_role(*WRITERS) and all(writes(request.user, one) for one in {visit.practitioner_id for visit in visits})
    now = clock.now()
    context = {
        "bundle": bundle, "visits": visits, "section": "agenda", "may_write": may_write,
        "to_come": any(is_to_come(one, now) for one in visits),
    }  # fmt: skip
    return render(request, "agenda/bundle.html", context)


@allow(*WRITERS)
@require_POST
def cancel(request: HttpRequest, bundle_id: UUID) -> HttpResponseBase:
    """Cancel all that is still to come."""
    bundle, visits = _bundle(request, bundle_id)
    if not all(writes(request.user, one) for one in {visit.practitioner_id for visit in visits}):
        raise Http404
    by = "cabinet" if request.POST.get("par") == "cabinet" else "patient"
    try:
        cancelled = cancel_bundle(
            bundle_id=bundle.id, by=by, reason=request.POST.get("raison", "").strip()[:NOTED], actor=Actor.staff(request.user),
            now=clock.now(),
        )  # fmt: skip
    except MediDeskError as error:
        messages.error(request, error.message)
    else:
        n = len(cancelled)
        messages.success(request, ngettext("%(n)d rendez-vous annulé.", "%(n)d rendez-vous annulés.", n) % {"n": n})
    return redirect("agenda:bundle", bundle_id=bundle.id)


def _said(error: MediDeskError) -> str:
    """The refusal, with the number of the visit that it concerns."""
    which = re.match(r"/members/(\d+)", error.pointer or "")
    return _("Rendez-vous %(n)d\u00a0: %(why)s") % {"n": int(which[1]) + 1, "why": error.message} if which else error.message


def _bundle(request: HttpRequest, bundle_id: UUID) -> tuple[Bundle, list[Appointment]]:
    """The bundle and its visits, when this person sees all of their agendas; Http404 otherwise."""
    bundle = Bundle.objects.filter(pk=bundle_id).first()
    visits = members_of(bundle) if bundle else []
    if bundle is None or not all(sees(request.user, one) for one in {visit.practitioner_id for visit in visits}):
        raise Http404
    return bundle, visits


def _forms(request: HttpRequest, practitioners: list[Practitioner]) -> tuple[BundleForm, list[RowForm]]:
    """The form and its rows; who was found or chosen in a row can be chosen there."""
    reasons = list(VisitReason.objects.filter(deleted_at=None, offers__practitioner__in=practitioners).distinct())
    choices = {"reasons": reasons, "practitioners": practitioners}
    if request.method != "POST":
        today = clock.now().astimezone(current_zone()).date()
        first = _first_row(request)
        known = _patients([first.get("patient", "")])
        rows = [RowForm(prefix=f"{PREFIX}{n}", initial={} if n else first, patients=() if n else known, **choices) for n in range(ROWS)]
        return BundleForm(initial=first_values(today)), rows
    texts = [request.POST.get(f"{PREFIX}{n}-q", "").strip()[:100] for n in range(ROWS)]
    chosen = [request.POST.get(f"{PREFIX}{n}-patient", "") for n in range(ROWS)]
    rows = []
    for n, (text, patient) in enumerate(zip(texts, chosen, strict=True)):
        found = search_patients(text, MOST_FOUND) if len(text) >= 2 else _patients([patient])
        rows.append(RowForm(request.POST, prefix=f"{PREFIX}{n}", patients=found, **choices))
    return BundleForm(request.POST), rows


def _first_row(request: HttpRequest) -> dict[str, str]:
    """From a visit: its patient, reason and practitioner."""
    visit_id = _uuid(request.GET.get("visite", ""))
    if visit_id is None:
        return {}
    visit = visit_for(request.user, visit_id)
    return {"patient": str(visit.patient_id or ""), "motif": str(visit.visit_reason_id or ""), "praticien": str(visit.practitioner_id)}


def _patients(texts: list[str]) -> list[Patient]:
    ids = [one for one in map(_uuid, texts) if one]
    return list(Patient.objects.filter(pk__in=ids, deleted_at=None)) if ids else []


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _wanted(form: BundleForm, rows: list[RowForm], practitioners: list[Practitioner]) -> list[Wanted]:
    """The members that the rows name; what is missing is added to the form's errors."""
    members: list[Wanted] = []
    form.is_valid()
    unit = form.cleaned_data.get("unite", 1)
    gaps = [min(form.cleaned_data.get(name) or 0, 10**6) * unit for name in ("au_moins", "au_plus")]
    for n, row in enumerate(rows, 1):
        if not row.is_valid():
            form.add_error(
                None, forms.ValidationError(_("Ligne %(n)d\u00a0: choisissez le patient parmi ceux qui sont trouvés.") % {"n": n})
            )
        elif row.cleaned_data["motif"]:
            patient = _uuid(row.cleaned_data["patient"]) or (members[0].patient_id if members else None)
            if patient is None:
                form.add_error(None, forms.ValidationError(_("Ligne %(n)d\u00a0: choisissez un patient.") % {"n": n}))
                continue
            asked = _uuid(row.cleaned_data["praticien"])
            members.append(
                Wanted(
                    patient_id=patient, visit_reason_id=UUID(row.cleaned_data["motif"]), least_gap=gaps[0], most_gap=gaps[1],
                    practitioner_ids=(asked,) if asked else tuple(one.id for one in practitioners),
                )
            )  # fmt: skip
    if len(members) < 2 and not form.errors:
        form.add_error(None, forms.ValidationError(_("Remplissez au moins deux lignes\u00a0: un patient et un motif pour chacune.")))
    return members


def _offers(request: HttpRequest, form: BundleForm, wanted: list[Wanted]) -> list[list[Placement]]:
    data = form.cleaned_data
    return bundle_offers(
        wanted, arrangement=data["ordre"], days=(data["du"], data["au"] + timedelta(days=1)), actor=Actor.staff(request.user),
        source=SOURCE, now=clock.now(), count=OFFERED,
    )  # fmt: skip


def _booked(request: HttpRequest, form: BundleForm, wanted: list[Wanted], practitioners: list[Practitioner]) -> HttpResponseBase:
    """Book the chosen combination, and lead to the bundle."""
    places = [chosen_time(one) for one in request.POST["offre"].split(";")]
    if len(places) != len(wanted) or any(one is None or one[0] not in {who.id for who in practitioners} for one in places):
        raise Http404
    members = [
        Member(patient_id=one.patient_id, visit_reason_id=one.visit_reason_id, practitioner_id=place[0], start=place[1], site_id=place[2])
        for one, place in zip(wanted, places, strict=True)
        if place is not None
    ]
    made = book_bundle(members, kind=form.cleaned_data["genre"], actor=Actor.staff(request.user), source=SOURCE, now=clock.now())
    messages.success(request, _("%(n)d rendez-vous pris ensemble.") % {"n": len(made.booked)})
    return redirect("agenda:bundle", bundle_id=made.bundle.id)


def _page(
    request: HttpRequest, form: BundleForm, rows: list[RowForm], *, offers: list[list[Placement]] | None = None, status: int = 200
) -> HttpResponse:
    names = {one.id: one.name for one in desk_practitioners()} if offers else {}
    zone = current_zone()
    shown: list[dict[str, Any]] = [
        {
            "value": ";".join(f"{one.practitioner_id}|{_iso(one.start, zone)}|{one.site_id or ''}" for one in offer),
            "places": [{"start": one.start.astimezone(zone), "practitioner": names.get(one.practitioner_id, "")} for one in offer],
        }
        for offer in offers or []
    ]
    context = {"form": form, "rows": rows, "offers": shown, "looked": offers is not None, "section": "agenda"}
    return render(request, "agenda/bundle_new.html", context, status=status)


def _iso(start: datetime, zone: Any) -> str:
    return start.astimezone(zone).isoformat()
