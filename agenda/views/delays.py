"""« En retard de 20 min », « à l’heure »: one act on a practitioner's column."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from agenda.actors import Actor
from agenda.desk.rights import WRITERS, writes
from agenda.models import Practitioner
from agenda.running_late import Announced, announce_delay, delays_of_day
from agenda.views.answering import by_script, dialog_or_page
from medidesk import clock
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError

USUAL = (10, 15, 20, 30, 45, 60)


@allow(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def delay(request: HttpRequest, practitioner_id: UUID) -> HttpResponseBase:
    """The delays to choose from; and saying one."""
    practitioner = Practitioner.objects.filter(pk=practitioner_id, deleted_at=None).first()
    if practitioner is None or not writes(request.user, practitioner.pk):
        raise Http404
    today = clock.now().astimezone(current_zone()).date()
    if request.method != "POST":
        context = {
            "practitioner": practitioner, "usual": USUAL, "said": delays_of_day(today).get(practitioner.pk), "today": today,
            "title": _("Retard de %(name)s") % {"name": practitioner.name},
        }  # fmt: skip
        return dialog_or_page(request, "agenda/_delay.html", context)
    try:
        said = announce_delay(practitioner_id=practitioner.pk, minutes=_minutes(request), actor=Actor.staff(request.user), now=clock.now())
    except MediDeskError as error:
        return _answer(request, error.message, status=error.status)
    return _answer(request, _told(practitioner, said), day=today.isoformat())


def _minutes(request: HttpRequest) -> int:
    """The button that was pressed, or what was typed; what is no number is out of bounds."""
    text = request.POST.get("minutes") or request.POST.get("autre", "")
    return int(text) if text.isdigit() and len(text) < 6 else -1


def _told(practitioner: Practitioner, said: Announced) -> str:
    minutes = said.delay.minutes
    late = _("%(name)s : %(n)d min de retard.") if minutes else _("%(name)s est à l’heure.")
    told = ngettext("%(n)d message part.", "%(n)d messages partent.", said.told) % {"n": said.told} if said.told else ""
    return " ".join(part for part in (late % {"name": practitioner.name, "n": minutes}, told) if part)


def _answer(request: HttpRequest, text: str, *, status: int = 200, day: str = "") -> HttpResponseBase:
    if by_script(request):
        return JsonResponse({"message": text, "undo": None, "day": day, "visit": ""} if status == 200 else {"message": text}, status=status)
    (messages.success if status == 200 else messages.error)(request, text)
    return redirect("agenda:day")
