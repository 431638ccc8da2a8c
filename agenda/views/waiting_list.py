"""The waiting list at the desk: who waits, which times are free for them, proposing by hand, noting an answer given by telephone."""

from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.actors import Actor
from agenda.desk.day import desk_practitioners
from agenda.desk.rights import READERS, WRITERS, agendas_of, may_write, writes
from agenda.desk.waiting_list import entry_for, freed_times, offers_of, practitioner_names, time_of, waiting_list, wish_in_words
from agenda.models import FreedTime, VisitReason, WaitingListEntry, WaitingOffer
from agenda.models.waiting_list import STANDING
from agenda.views.found_patients import described, found
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.forms import DeskWishForm, RulesForm
from agenda.waiting_list.joining import change, join, withdraw
from agenda.waiting_list.offering import offer_to, stop_offer, stop_round
from agenda.waiting_list.ranking import candidates_for
from agenda.waiting_list.rounds import rules
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError
from patients.models import Patient

USUAL = timedelta(minutes=30)


@allow(*READERS)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Everybody who waits, and the times that found nobody yet."""
    now, own = clock.now(), agendas_of(request.user)
    state = request.GET.get("etat", "")
    practitioner, reason = _uuid(request.GET.get("praticien", "")), _uuid(request.GET.get("motif", ""))
    context = {
        "rows": waiting_list(now, own, state=state, practitioner=practitioner, reason=reason),
        "freed": freed_times(now, own),
        "practitioners": desk_practitioners(own),
        "reasons": _reasons(),
        "states": WaitingListEntry.State.choices,
        "chosen": {"state": state, "practitioner": practitioner, "reason": reason},
        "rules_form": RulesForm(instance=rules()) if request.user.has_role(Role.OWNER) else None,
        "may_write": may_write(request.user),
        "section": "waitlist",
    }
    return render(request, "agenda/waiting_list.html", context)


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """Search the patient, say what suits, put on the list."""
    now, text = clock.now(), request.POST.get("q", "").strip()[:100]
    chosen = _patient(request.POST.get("patient") or request.GET.get("patient", ""))
    if request.method != "POST" or "etape" in request.POST:
        return _add_page(request, _form(request, initial=_typed(request)), text, chosen)
    form = _form(request, request.POST)
    if chosen is None:
        form.add_error(None, forms.ValidationError(_("Choisissez un patient.")))
    if not form.is_valid() or chosen is None:
        return _add_page(request, form, text, chosen, status=422)
    try:
        join(patient_id=chosen.id, actor=Actor.staff(request.user), source="phone", now=now, **form.wish)
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(error.message))
        return _add_page(request, form, text, chosen, status=error.status)
    messages.success(request, _("%(name)s est sur la liste d’attente.") % {"name": chosen.name})
    return redirect("agenda:waiting_list")


@allow(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponseBase:
    """One wish: what it says, what was offered, and its changing."""
    seen = _entry(request, entry_id)
    reasons = None if seen.appointment_id else _reasons()
    if request.method != "POST":
        form = DeskWishForm(initial=DeskWishForm.initial_of(seen), reasons=reasons, practitioners=desk_practitioners())
        return _entry_page(request, seen, form)
    if not may_write(request.user):
        raise Http404
    form = DeskWishForm(request.POST, reasons=reasons, practitioners=desk_practitioners())
    if not form.is_valid():
        return _entry_page(request, seen, form, status=422)
    try:
        change(entry_id=seen.id, changes=form.wish, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        form.add_error(None, forms.ValidationError(error.message))
        return _entry_page(request, seen, form, status=error.status)
    messages.success(request, _("Inscription enregistrée."))
    return redirect("agenda:waiting_list_entry", entry_id=seen.id)


@allow(*WRITERS)
@require_POST
def remove(request: HttpRequest, entry_id: UUID) -> HttpResponseBase:
    """Off the list; a time on offer goes to the next."""
    seen = _entry(request, entry_id)
    withdraw(entry_id=seen.id, actor=Actor.staff(request.user), now=clock.now())
    messages.success(request, _("%(name)s n’est plus sur la liste d’attente.") % {"name": seen.patient.name})
    return redirect("agenda:waiting_list")


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def candidates(request: HttpRequest) -> HttpResponseBase:
    """Who could be asked for one time, in order and why; and asking one of them."""
    freed = _time(request)
    if not writes(request.user, freed.practitioner_id):
        raise Http404
    now = clock.now()
    if request.method == "POST":
        return _propose(request, freed, now)
    ranked = candidates_for(freed, now)
    zone = current_zone()
    context = {
        "ranked": ranked, "freed": freed, "start": freed.start.astimezone(zone), "end": freed.end.astimezone(zone),
        "name": practitioner_names().get(freed.practitioner_id, ""), "section": "waitlist", "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "agenda/waiting_list_time.html", context)


@allow(*WRITERS)
@require_POST
def answer(request: HttpRequest, offer_id: UUID) -> HttpResponseBase:
    """What the patient said on the telephone: yes or no; or the cabinet takes the offer back."""
    offer = WaitingOffer.objects.select_related("entry__patient").filter(pk=offer_id).first()
    if offer is None or not writes(request.user, offer.practitioner_id):
        raise Http404
    actor, now, said = Actor.staff(request.user), clock.now(), request.POST.get("reponse", "")
    name = {"name": offer.entry.patient.name}
    try:
        if said == "oui":
            accept(offer.id, now=now, actor=actor)
            messages.success(request, _("%(name)s\u00a0: rendez-vous pris.") % name)
        elif said == "non":
            decline(offer.id, now=now, actor=actor)
            messages.success(request, _("%(name)s attend une autre heure. Celle-ci va au suivant.") % name)
        else:
            stop_offer(offer_id=offer.id, actor=actor, now=now)
            messages.success(request, _("Proposition retirée. L’heure est de nouveau libre."))
    except MediDeskError as error:
        messages.error(request, error.message)
    return redirect("agenda:waiting_list")


@allow(*WRITERS)
@require_POST
def stop(request: HttpRequest, freed_id: UUID) -> HttpResponseBase:
    """Offer this time to nobody more."""
    freed = FreedTime.objects.filter(pk=freed_id).first()
    if freed is None or not writes(request.user, freed.practitioner_id):
        raise Http404
    stop_round(freed_id=freed.id, actor=Actor.staff(request.user), now=clock.now())
    messages.success(request, _("Cette heure n’est plus proposée."))
    return redirect("agenda:waiting_list")


@allow(Role.OWNER)
@require_POST
def set_rules(request: HttpRequest) -> HttpResponseBase:
    """How the cabinet offers freed times."""
    form = RulesForm(request.POST, instance=rules())
    if form.is_valid():
        form.save()
        messages.success(request, _("Réglages enregistrés."))
    else:
        messages.error(request, _("Ces délais ne conviennent pas\u00a0: de 5 à 58 minutes pour répondre."))
    return redirect("agenda:waiting_list")


def _propose(request: HttpRequest, freed: FreedTime, now: datetime) -> HttpResponseBase:
    """By the patient's own channel, or by telephone."""
    seen, start = _entry(request, _uuid(request.POST.get("inscription", "")) or UUID(int=0)), _instant(request.POST.get("debut", ""))
    channel = "phone" if request.POST.get("canal") == "phone" else None
    try:
        offer_to(
            entry_id=seen.id, practitioner_id=freed.practitioner_id, start=start or freed.start, actor=Actor.staff(request.user), now=now,
            channel=channel, freed_id=freed.id,
        )  # fmt: skip
    except MediDeskError as error:
        messages.error(request, error.message)
        return redirect(f"{reverse('agenda:waiting_list_time')}?{request.GET.urlencode()}")
    text = _("Heure gardée pour %(name)s\u00a0: appelez.") if channel else _("Heure proposée à %(name)s.")
    messages.success(request, text % {"name": seen.patient.name})
    return redirect("agenda:waiting_list")


def _time(request: HttpRequest) -> FreedTime:
    """The freed time that the address names, or a time of a practitioner written out."""
    if freed_id := _uuid(request.GET.get("heure", "")):
        freed = FreedTime.objects.filter(pk=freed_id).first()
        if freed is None:
            raise Http404
        return freed
    practitioner, start = _uuid(request.GET.get("praticien", "")), _instant(request.GET.get("debut", ""))
    if practitioner is None or start is None:
        raise Http404
    noted = FreedTime.objects.filter(practitioner_id=practitioner, start=start, state=FreedTime.State.OPEN).first()
    return noted or time_of(practitioner, start, _instant(request.GET.get("fin", "")) or start + USUAL)


def _entry(request: HttpRequest, entry_id: UUID) -> WaitingListEntry:
    seen = entry_for(entry_id, agendas_of(request.user))
    if seen is None:
        raise Http404
    return seen


def _entry_page(request: HttpRequest, seen: WaitingListEntry, form: DeskWishForm, status: int = 200) -> HttpResponse:
    context = {
        "entry": seen, "form": form, "offers": offers_of(seen), "wish": wish_in_words(seen, practitioner_names()),
        "standing": seen.state in STANDING, "may_write": may_write(request.user), "section": "waitlist",
    }  # fmt: skip
    return render(request, "agenda/waiting_list_entry.html", context, status=status)


def _add_page(request: HttpRequest, form: DeskWishForm, text: str, chosen: Patient | None, status: int = 200) -> HttpResponse:
    lines = found(text) if text else described([chosen] if chosen else [])
    context = {"form": form, "q": text, "found": lines, "chosen_patient": str(chosen.id) if chosen else "", "section": "waitlist"}
    return render(request, "agenda/waiting_list_add.html", context, status=status)


def _form(request: HttpRequest, *args, **kwargs) -> DeskWishForm:
    return DeskWishForm(*args, reasons=_reasons(), practitioners=desk_practitioners(), **kwargs)


def _typed(request: HttpRequest) -> dict:
    """What was filled in before a search without scripts."""
    posted = request.POST
    lists = {name: posted.getlist(name) for name in ("praticiens", "jours", "moments")}
    return {name: posted.get(name, "") for name in ("motif", "du", "au", "priorite", "note") if posted.get(name)} | lists


def _reasons() -> list[VisitReason]:
    return list(VisitReason.objects.filter(deleted_at=None))


def _patient(text: str) -> Patient | None:
    chosen = _uuid(text)
    return Patient.objects.filter(pk=chosen, deleted_at=None).first() if chosen else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    """An instant, or a wall time of the cabinet, as links of the agenda write it."""
    try:
        found_instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found_instant if found_instant.tzinfo else found_instant.replace(tzinfo=current_zone())
