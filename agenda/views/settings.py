"""The owner's settings: one list, one form and one confirmation for every kind of set-up row (agenda/setup_pages declares them)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agenda import setup
from agenda.setup_pages.choices import Choices
from agenda.setup_pages.forms import SetupForm
from agenda.setup_pages.section import Section
from agenda.setup_pages.sections import BY_SLUG, SECTIONS
from agenda.setup_pages.times import HOURS
from agenda.setup_pages.weeks import weeks
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError, NotFound, Stale

_FORM = ["GET", "HEAD", "POST"]


@allow(Role.OWNER)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to set."""
    return render(request, "agenda/settings/home.html", {"sections": SECTIONS, "section": "settings"})


@allow(Role.OWNER)
@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The rows of one kind; hours as weeks; what there is only one of is opened at once."""
    one = _section(slug)
    if one.is_single:
        return redirect("cabinet:edit", slug=slug, row_id=one.kind.model._default_manager.get(deleted_at=None).pk)
    choices = Choices()
    rows = list(_rows(one).order_by(*one.order))
    context: dict[str, Any] = {"page": one, "section": "settings"}
    if one is HOURS:
        return render(request, "agenda/settings/hours.html", context | {"weeks": weeks(rows, choices)})
    return render(request, "agenda/settings/list.html", context | {"rows": [(row.pk, one.line(row, choices)) for row in rows]})


@allow(Role.OWNER)
@require_http_methods(_FORM)
def new(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A new row; the address may say what it begins with (`?weekday=0`)."""
    one, choices = _section(slug), Choices()
    if one.is_single:
        raise Http404
    if request.method != "POST":
        form = SetupForm(one, choices, values=one.kind.defaults)
        form.initial |= {name: value for name, value in request.GET.items() if name in form.fields}
        return _form(request, one, form)
    form = SetupForm(one, choices, request.POST)
    return _saved(request, one, form, lambda values: setup.create(one.kind, values, now=clock.now()))


@allow(Role.OWNER)
@require_http_methods(_FORM)
def edit(request: HttpRequest, slug: str, row_id: UUID) -> HttpResponseBase:
    """A row, changed; somebody else's change meanwhile is never overwritten."""
    one, choices = _section(slug), Choices()
    row = _row(one, row_id)
    if request.method != "POST":
        return _form(request, one, SetupForm(one, choices, values=one.kind.values_of(row), version=row.version), row)
    form = SetupForm(one, choices, request.POST)

    def change(values: dict[str, Any]) -> Any:
        seen = form.cleaned_data["version"] or 0
        return setup.change(one.kind, row_id, values, now=clock.now(), expected_version=seen)

    return _saved(request, one, form, change, row)


@allow(Role.OWNER)
@require_http_methods(_FORM)
def remove(request: HttpRequest, slug: str, row_id: UUID) -> HttpResponseBase:
    """Asked once, then ended; what is still needed stays, and the page says why."""
    one = _section(slug)
    row = _row(one, row_id)
    if one.is_single:
        raise Http404
    error = None
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            setup.delete(one.kind, row_id, now=clock.now(), expected_version=int(version) if version.isascii() and version.isdigit() else 0)
        except NotFound:
            raise Http404 from None
        except MediDeskError as refusal:
            error = refusal
        else:
            messages.success(request, one.gone)
            return redirect("cabinet:section", slug=slug)
    context = {"page": one, "row": row, "line": one.line(row, Choices()), "error": error, "section": "settings"}
    return render(request, "agenda/settings/remove.html", context, status=error.status if error else 200)


def _section(slug: str) -> Section:
    found = BY_SLUG.get(slug)
    if found is None:
        raise Http404
    return found


def _rows(one: Section) -> Any:
    return one.kind.model._default_manager.filter(deleted_at=None).prefetch_related(*one.prefetch)


def _row(one: Section, row_id: UUID) -> Any:
    row = _rows(one).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _saved(request: HttpRequest, one: Section, form: SetupForm, save: Any, row: Any = None) -> HttpResponseBase:
    """Save what is typed and say what it means; or the form again, with what was typed and why not."""
    if not form.is_valid():
        return _form(request, one, form, row, status=422)
    try:
        save(form.row_values)
    except NotFound:
        raise Http404 from None
    except Stale as error:
        form.add_error(None, _("Quelqu’un d’autre a changé cet élément entre-temps. Rien n’est enregistré\u00a0: rouvrez-le d’abord."))
        return _form(request, one, form, row, status=error.status)
    except MediDeskError as error:
        form.blame(error)
        return _form(request, one, form, row, status=error.status)
    messages.success(request, one.saved)
    return redirect("cabinet:settings") if one.is_single else redirect("cabinet:section", slug=one.slug)


def _form(request: HttpRequest, one: Section, form: SetupForm, row: Any = None, *, status: int = 200) -> HttpResponse:
    title = one.title if one.is_single else (one.line(row, Choices()).title if row is not None else one.new)
    context = {"page": one, "form": form, "row": row, "title": title, "is_stale": status == 412, "section": "settings"}
    return render(request, "agenda/settings/form.html", context, status=status)
