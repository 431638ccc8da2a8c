"""The development outbox, as people and as tests read it. Only where MEDIDESK_DEV_PAGES is on."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from medidesk import clock
from medidesk.accounts.permissions import public_page
from medidesk.messaging.incoming import store_sms
from medidesk.messaging.models import Channel, OutboxEntry
from medidesk.messaging.outbox import Kept, kept_messages


def development_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 where the development pages are off."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.MEDIDESK_DEV_PAGES:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@public_page
@never_cache
@require_GET
@development_only
def outbox(request: HttpRequest) -> HttpResponse:
    """Every message as it was sent, latest first."""
    to = request.GET.get("to", "").strip()
    return render(request, "dev/outbox.html", {"messages_kept": list(kept_messages(to)), "to": to})


@public_page
@never_cache
@require_GET
@development_only
def outbox_json(request: HttpRequest) -> JsonResponse:
    """The same for programs, oldest first."""
    kept = list(kept_messages(request.GET.get("to", "").strip()))
    return JsonResponse({"results": [_shape(one) for one in reversed(kept)]})


@public_page
@csp_replace({"default-src": [NONE]})
@never_cache
@require_GET
@development_only
def mail(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    """One e-mail as a mail program would show it, alone in its page."""
    entry = get_object_or_404(OutboxEntry.objects.exclude(html=""), pk=operation_id)
    return HttpResponse(entry.html)


@public_page
@never_cache
@require_POST
@development_only
def reply(request: HttpRequest, operation_id: UUID) -> HttpResponse:
    """Answer an SMS as its receiver would: through the door of the providers."""
    entry = get_object_or_404(OutboxEntry, pk=operation_id, channel=Channel.SMS)
    text, now = request.POST.get("text", "").strip(), clock.now()
    if text:
        store_sms(message_id=f"outbox-{uuid4()}", sender=entry.to, text=text, sent_at=now, now=now)
        messages.success(request, _("Réponse envoyée au cabinet."))
    return redirect(f"{reverse('messaging:outbox')}#m-{operation_id}")


def _shape(kept: Kept) -> dict[str, Any]:
    entry = kept.entry
    return {
        "id": str(entry.operation_id),
        "to": entry.to,
        "channel": entry.channel,
        "subject": entry.subject,
        "text": entry.text,
        "kind": kept.kind,
        "appointment": kept.appointment,
        "sent_at": entry.received_at.isoformat(),
        "segments": kept.weight.segments if kept.weight else None,
    }
