"""An SMS that somebody must read: who may have sent it, and that it is settled."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agenda.desk.incoming_sms import message_of, senders_of
from agenda.desk.rights import WRITERS, agendas_of
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.messaging.incoming import settle


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The message; and that somebody has done what there was to do. For those who see the whole agenda, as what is to settle is."""
    message = message_of(message_id) if agendas_of(request.user) is None else None
    if message is None:
        raise Http404
    if request.method == "POST":
        settle(message.id, by=request.user.full_name or request.user.email)
        messages.success(request, _("C’est réglé."))
        return redirect("agenda:tasks")
    wall, today = message.sent_at.astimezone(current_zone()), clock.now().astimezone(current_zone()).date()
    context = {"message": message, "senders": senders_of(message), "sent_at": wall, "today": today, "section": "tasks"}
    return render(request, "agenda/incoming_sms.html", context)
