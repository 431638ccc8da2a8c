"""Who replaces whom, and which agendas are opened to whom: for the owner, and for each practitioner about the own agenda."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agenda.actors import Actor
from agenda.delegation_forms import OpeningForm, SubstitutionForm
from agenda.models import OpenedAgenda, Practitioner, RightsEntry, Substitution
from agenda.setup.opened_agendas import close_agenda, open_agenda
from agenda.setup.sharing import share_time, stop_sharing
from agenda.setup.substitutions import arrange_substitution, end_substitution
from medidesk import clock
from medidesk.accounts.models import Role, User
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError

MOST_SHOWN = 50


@allow(Role.OWNER, Role.PRACTITIONER)
@require_http_methods(["GET", "HEAD", "POST"])
def substitutions(request: HttpRequest) -> HttpResponseBase:
    """What stands, and granting one more."""
    if request.method != "POST":
        return _page(request)
    form = SubstitutionForm(request.POST, replaceable=_governed(request.user), team=_team())
    if not form.is_valid():
        return _page(request, substitution=form, status=422)
    try:
        row = arrange_substitution(form.values, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        _blame(form, error)
        return _page(request, substitution=form, status=error.status)
    messages.success(request, _("%(name)s est remplacé par %(other)s.") % {"name": row.practitioner.name, "other": row.substitute.name})
    return redirect("agenda:substitutions")


@allow(Role.OWNER, Role.PRACTITIONER)
@require_POST
def end(request: HttpRequest, substitution_id: UUID) -> HttpResponseBase:
    """End one at this instant."""
    row = Substitution.objects.filter(pk=substitution_id, practitioner__in=_governed(request.user)).first()
    if row is None:
        raise Http404
    return _done(request, _("Remplacement terminé."), lambda **act: end_substitution(row.pk, **act))


@allow(Role.OWNER, Role.PRACTITIONER)
@require_POST
def open_one(request: HttpRequest) -> HttpResponseBase:
    """Open an agenda to somebody."""
    form = OpeningForm(request.POST, openable=_governed(request.user), people=_readers())
    if not form.is_valid():
        return _page(request, opening=form, status=422)
    try:
        open_agenda(**form.values, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        _blame(form, error)
        return _page(request, opening=form, status=error.status)
    messages.success(request, _("Agenda ouvert."))
    return redirect("agenda:substitutions")


@allow(Role.OWNER, Role.PRACTITIONER)
@require_POST
def close(request: HttpRequest, opening_id: int) -> HttpResponseBase:
    """Close it again."""
    row = OpenedAgenda.objects.filter(pk=opening_id, practitioner__in=_governed(request.user)).first()
    if row is None:
        raise Http404
    return _done(request, _("Agenda refermé."), lambda **act: close_agenda(row.pk, **act))


@allow(Role.OWNER, Role.PRACTITIONER)
@require_POST
def share(request: HttpRequest, practitioner_id: UUID) -> HttpResponseBase:
    """Switch the shared occupancy of one practitioner on (the box says that the person agrees) or off."""
    if practitioner_id not in {one.pk for one in _governed(request.user)}:
        raise Http404
    act = {"actor": Actor.staff(request.user), "now": clock.now()}
    try:
        if request.POST.get("partage") != "1":
            stop_sharing(practitioner_id, **act)
            messages.success(request, _("L’occupation n’est plus partagée."))
        else:
            _say_shared(request, share_time(practitioner_id, agreed=request.POST.get("accord") == "1", **act))
    except MediDeskError as error:
        messages.error(request, error.message)
    return redirect("agenda:substitutions")


def _say_shared(request: HttpRequest, overlaps: int) -> None:
    messages.success(request, _("L’occupation est partagée entre les cabinets de ce praticien."))
    if overlaps:
        text = ngettext(
            "%(n)d rendez-vous à venir chevauche un rendez-vous d’un autre cabinet. Réglez-le avec le praticien.",
            "%(n)d rendez-vous à venir chevauchent ceux d’un autre cabinet. Réglez-les avec le praticien.", overlaps,
        )  # fmt: skip
        messages.warning(request, text % {"n": overlaps})


def _governed(user: User) -> list[Practitioner]:
    """Whose agenda this person may hand over: everybody's for the owner, else the own one."""
    return [one for one in _team() if user.has_role(Role.OWNER) or one.user_id == user.pk]


def _team() -> list[Practitioner]:
    return list(Practitioner.objects.filter(deleted_at=None))


def _readers() -> list[User]:
    """Those who do not see everything already."""
    return list(User.objects.active().filter(role__in=OpenedAgenda.ROLES, owns_cabinet=False).order_by("full_name", "email"))


def _done(request: HttpRequest, message: str, act) -> HttpResponseBase:
    try:
        act(actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, message)
    return redirect("agenda:substitutions")


def _blame(form: forms.Form, error: MediDeskError) -> None:
    name = (error.pointer or "").lstrip("/")
    form.add_error(name if name in form.fields else None, forms.ValidationError(error.message))


def _page(
    request: HttpRequest, *, substitution: SubstitutionForm | None = None, opening: OpeningForm | None = None, status: int = 200
) -> HttpResponse:
    governed, today = _governed(request.user), clock.now().astimezone(current_zone()).date()
    mine = {"practitioner__in": governed}
    rows = Substitution.objects.filter(deleted_at=None, **mine).select_related("practitioner", "substitute").order_by("-last_day", "id")
    opened = OpenedAgenda.objects.filter(practitioner__deleted_at=None, **mine).select_related("practitioner", "user")
    ids = [str(one.id) for one in governed]
    context = {
        "substitution": substitution or SubstitutionForm(replaceable=governed, team=_team()),
        "opening": opening or OpeningForm(openable=governed, people=_readers()),
        "rows": rows[:MOST_SHOWN],
        "opened": opened,
        "trail": RightsEntry.objects.filter(details__practitioner__in=ids)[:MOST_SHOWN],
        "governed": governed,
        "today": today,
        "section": "settings",
    }
    return render(request, "agenda/delegations.html", context, status=status)
