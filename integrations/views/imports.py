"""The owner's imports: send a file, say what its columns are, look at what would happen, do it, take it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.imports import runs
from integrations.imports.forms import FileForm, MappingForm
from integrations.imports.report import figures_in_words, lines_by_gravity, report_csv, report_lines, title_of, undone_in_words
from integrations.imports.uploads import BoundedUpload
from integrations.models.imports import ImportRun, ImportState
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError, NotFound

MOST_SHOWN = 50
LINES_A_PAGE = 100
_FORM = ["GET", "HEAD", "POST"]


@allow(Role.OWNER)
@csrf_exempt  # the token is checked below: before that, the bound on what is uploaded must be set
@require_http_methods(_FORM)
def imports(request: HttpRequest) -> HttpResponseBase:
    """The imports so far, and a new file."""
    request.upload_handlers.insert(0, BoundedUpload(request))
    return _imports(request)


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _listing(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _listing(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        run = runs.open_import(form.cleaned_data["kind"], file.name, file.read(), by=_by(request), now=clock.now())
    except MediDeskError as refusal:
        form.add_error("file", refusal.message)
        return _listing(request, form, status=refusal.status)
    return redirect("integrations:import_columns", run_id=run.id)


@allow(Role.OWNER)
@require_http_methods(_FORM)
def columns(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Which column is what, with the first lines of the file; then have everything tried."""
    run = _run(run_id)
    if run.forgotten_at or run.state not in (ImportState.DRAFT, ImportState.CHECKED):
        return redirect("integrations:import", run_id=run.id)
    table = runs.table_of(run)
    if request.method != "POST":
        return _columns(request, run, MappingForm(run, table))
    form = MappingForm(run, table, request.POST)
    if not form.is_valid():
        return _columns(request, run, form, status=422)
    try:
        changed = runs.set_mapping(run.id, form.mapping, now=clock.now())
        if request.POST.get("faire") == "relire" or _asks_more(form.mapping, changed.mapping):
            return redirect("integrations:import_columns", run_id=run.id)
        runs.ask_check(run.id, now=clock.now())
    except MediDeskError as refusal:
        form.add_error(None, refusal.message)
        return _columns(request, run, form, status=refusal.status)
    return redirect("integrations:import", run_id=run.id)


@allow(Role.OWNER)
@require_safe
def show(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """How far it is, what would happen, or what happened: line by line, errors first."""
    return _show(request, _run(run_id))


@allow(Role.OWNER)
@require_POST
def carry_out(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Do it."""
    accepts = request.POST.get("laisser") == "1"
    return _asked(request, run_id, lambda: runs.ask_import(run_id, accepts_errors=accepts, now=clock.now()))


@allow(Role.OWNER)
@require_POST
def undo(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Take it back."""
    return _asked(request, run_id, lambda: runs.ask_undo(run_id, now=clock.now()))


@allow(Role.OWNER)
@require_POST
def give_up(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """Forget a file that brought nothing in."""
    _run(run_id)
    try:
        runs.give_up(run_id)
    except MediDeskError as refusal:
        return _show(request, _run(run_id), error=refusal)
    messages.success(request, _("Fichier effacé\u00a0: rien n’a été importé."))
    return redirect("integrations:imports")


@allow(Role.OWNER)
@require_safe
def report(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The report as a file."""
    text = report_csv(_run(run_id))
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rapport-import.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _run(run_id: UUID) -> ImportRun:
    try:
        return runs.find_import(run_id)
    except NotFound:
        raise Http404 from None


def _by(request: HttpRequest) -> str:
    return str(getattr(request.user, "full_name", "") or getattr(request.user, "email", ""))


def _asks_more(said: dict[str, Any], known: dict[str, Any]) -> bool:
    """Has a column that was just chosen brought practitioners whom nobody has recognised?"""
    before = said.get("practitioners", {})
    return any(not who for text, who in known.get("practitioners", {}).items() if text not in before)


def _asked(request: HttpRequest, run_id: UUID, ask: Callable[[], object]) -> HttpResponseBase:
    run = _run(run_id)
    try:
        ask()
    except MediDeskError as refusal:
        return _show(request, run, error=refusal)
    return redirect("integrations:import", run_id=run_id)


def _listing(request: HttpRequest, form: FileForm, *, status: int = 200) -> HttpResponse:
    rows = [(run, title_of(run.kind), figures_in_words(run)) for run in ImportRun.objects.defer("sealed", "mapping")[:MOST_SHOWN]]
    return render(request, "integrations/imports/list.html", {"form": form, "rows": rows, "section": "settings"}, status=status)


def _columns(request: HttpRequest, run: ImportRun, form: MappingForm, *, status: int = 200) -> HttpResponse:
    context = {"run": run, "form": form, "kind": title_of(run.kind), "section": "settings"}
    return render(request, "integrations/imports/columns.html", context, status=status)


def _show(request: HttpRequest, run: ImportRun, *, error: MediDeskError | None = None) -> HttpResponseBase:
    if run.state == ImportState.DRAFT:
        return redirect("integrations:import_columns", run_id=run.id) if not run.forgotten_at else redirect("integrations:imports")
    context: dict[str, Any] = {"run": run, "kind": title_of(run.kind), "error": error, "section": "settings"}
    if run.state in runs.AWAITING_WORK:
        return render(request, "integrations/imports/working.html", context | {"done": runs.progress_of(run)})
    page = Paginator(lines_by_gravity(run), LINES_A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "figures": figures_in_words(run), "page": page, "lines": report_lines(run, page),
        "errors": run.figures.get("error", 0), "undone": undone_in_words(run.figures.get("undone", {})),
        "can_undo": runs.can_undo(run, clock.now()), "last_day": run.done_at and run.done_at + runs.UNDONE_WITHIN,
        "is_useful": any(run.figures.get(one) for one in ("created", "provisional", "conflict")),
    }  # fmt: skip
    return render(request, "integrations/imports/report.html", context, status=error.status if error else 200)
