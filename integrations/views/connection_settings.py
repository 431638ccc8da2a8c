"""The owner's pages of a connection: relate a platform, change how, renew the secret, cut it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agenda.actors import Actor
from integrations.connections.changing import change_connection, open_connection
from integrations.connections.disconnecting import disconnect
from integrations.connections.rehearsal import count_writes
from integrations.connections.rotating import rotate_webhook_secret
from integrations.forms import ConnectionForm
from integrations.models import Connection, Mode
from integrations.speaking.registry import label_of, platforms
from integrations.views.connections import found
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.errors import MediDeskError

_FORM = ["GET", "HEAD", "POST"]
# Which field a refusal is about.
_FIELDS = {
    "target-not-allowed": "base_url", "address-missing": "base_url", "secret-not-valid": "webhook_secret", "keys-missing": "api_key",
    "unknown-wire-format": "wire_format", "wire-not-valid": "wire_text",
}  # fmt: skip


@allow(Role.OWNER)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Which platform?"""
    names = [(slug, label_of(slug)) for slug in platforms()]
    return render(request, "integrations/connections/choose.html", {"platforms": names, "section": "connections"})


@allow(Role.OWNER)
@require_http_methods(_FORM)
def connect(request: HttpRequest, platform: str) -> HttpResponseBase:
    """A new connection; it rehearses unless the owner says otherwise."""
    if platform not in platforms():
        raise Http404
    form = ConnectionForm(platform, None, request.POST if request.method == "POST" else None)

    def save() -> Connection:
        return open_connection(platform, form.settings, actor=Actor.staff(request.user), now=clock.now())

    text = _("%(label)s est relié. Dites maintenant qui est qui là-bas.") % {"label": label_of(platform)}
    return _answer(request, form, save, text, {"label": label_of(platform)})


@allow(Role.OWNER)
@require_http_methods(_FORM)
def change(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """A connection's settings, with what going live would write there."""
    connection = found(connection_id)
    form = ConnectionForm(connection.platform, connection, request.POST if request.method == "POST" else None)

    def save() -> Connection:
        return change_connection(connection, form.settings, actor=Actor.staff(request.user), now=clock.now())

    context: dict[str, Any] = {"label": label_of(connection.platform), "connection": connection}
    if connection.exported_at is None and connection.mode != Mode.OFF:
        context["export"] = count_writes(connection, clock.now())
    return _answer(request, form, save, _("Les réglages sont enregistrés."), context)


@allow(Role.OWNER)
@require_POST
def rotate(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """A new secret for what the platform sends."""
    connection = found(connection_id)
    try:
        told = rotate_webhook_secret(connection, actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as refusal:
        messages.error(request, refusal.message)
        return redirect("integrations:connection", connection_id=connection.pk)
    if told:
        messages.success(request, _("Le secret est renouvelé. L’ancien reste accepté 24 heures."))
    else:
        messages.warning(request, _("Le secret est renouvelé, mais la plateforme n’a pas répondu : elle le recevra dans quelques minutes."))
    return redirect("integrations:connection", connection_id=connection.pk)


@allow(Role.OWNER)
@require_http_methods(_FORM)
def cut(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Asked once, then cut."""
    connection = found(connection_id)
    label = label_of(connection.platform)
    if request.method != "POST":
        return render(request, "integrations/connections/cut.html", {"connection": connection, "label": label, "section": "connections"})
    disconnect(connection, actor=Actor.staff(request.user), now=clock.now())
    messages.success(request, _("%(label)s est coupé. Les rendez-vous déjà reçus restent dans l’agenda.") % {"label": label})
    return redirect("integrations:connections")


def _answer(request: HttpRequest, form: ConnectionForm, save: Callable[[], Connection], text: str, context: dict) -> HttpResponseBase:
    """The form; or what it decides saved, or the form again with why not. Keys are in no answer."""
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                connection = save()
            except MediDeskError as refusal:
                form.add_error(_FIELDS.get(refusal.code), refusal.message)
                status = refusal.status
            else:
                messages.success(request, text)
                return redirect("integrations:connection", connection_id=connection.pk)
    page = {"form": form, "section": "connections", **context}
    answer = render(request, "integrations/connections/settings.html", page, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
