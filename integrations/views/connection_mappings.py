"""Who is who on a platform, said by the owner with the platform's own lists before them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agenda.actors import Actor
from integrations.connections.mapping import Choice, Decision, save_mappings
from integrations.connections.their_lists import TheirLists, their_lists
from integrations.desk.mapping_page import mapping_page
from integrations.desk.words import error_in_words
from integrations.errors import ConnectorError
from integrations.models import Connection, Mode
from integrations.speaking.registry import label_of
from integrations.views.connections import found
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError

PRACTITIONER, REASON, SITE = "praticien:", "motif:", "lieu:"


@allow(Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Their lists beside ours; or what was chosen, kept."""
    connection = found(connection_id)
    if connection.mode == Mode.OFF:
        raise Http404
    if request.method != "POST":
        return _page(request, connection)
    chosen = {"practitioners": _chosen(request, PRACTITIONER), "reasons": _chosen(request, REASON), "sites": _chosen(request, SITE)}
    try:
        changed = save_mappings(connection, **chosen, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as refusal:
        return _page(request, connection, refusal)
    if changed:
        count = ngettext("%(n)s correspondance enregistrée.", "%(n)s correspondances enregistrées.", changed) % {"n": changed}
        messages.success(request, f"{count} {_('Ce qui attendait est repris dans l’agenda.')}")
    else:
        messages.success(request, _("Rien n’a changé."))
    return redirect("integrations:mapping", connection_id=connection.pk)


def _page(request: HttpRequest, connection: Connection, refusal: MediDeskError | None = None) -> HttpResponse:
    problem = ""
    try:
        lists = their_lists(connection, clock.now())
    except ConnectorError as error:
        problem, lists = error_in_words(f"{type(error).__name__}: {error}"), TheirLists()
    context = {
        "connection": connection, "label": label_of(connection.platform), "problem": problem, "refusal": refusal,
        "page": None if problem else mapping_page(connection, lists), "section": "connections",
    }  # fmt: skip
    return render(request, "integrations/connections/mapping.html", context, status=refusal.status if refusal else 200)


def _chosen(request: HttpRequest, prefix: str) -> dict[str, Choice]:
    """Their ids with which of ours; Http404 for what no select of ours sends."""
    try:
        return {
            name.removeprefix(prefix): _choice(value)
            for name, value in request.POST.items()
            if isinstance(value, str) and name.startswith(prefix)
        }
    except ValueError:
        raise Http404 from None


def _choice(value: str) -> Choice:
    """Which of ours, or that it is left alone, or nothing yet. Raises ValueError."""
    if value == Decision.LEAVE.value:
        return Decision.LEAVE
    return UUID(value) if value else None
