"""The sheet of a day, to print or as a PDF, and those that stand ready."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agenda.desk.backup_sheets import sheet_rules
from agenda.desk.day import Grid, desk_practitioners, read_day
from agenda.desk.day_sheet_pdf import day_sheet_pdf
from agenda.desk.rights import READERS, agendas_of
from agenda.models import BackupSheet, SheetRules
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.accounts.permissions import allow
from medidesk.cabinets.current import current_cabinet, current_zone
from medidesk.cabinets.file_views import address_of


class SheetRulesForm(ModelForm):
    """What the owner chooses of the sheets."""

    class Meta:
        model = SheetRules
        fields = ("with_reasons",)


@allow(*READERS)
@require_safe
def sheet(request: HttpRequest, day: date) -> HttpResponse:
    """The sheet of the day, to print; `?motif=1` and `?motif=0` put the reasons on it or not, else as the cabinet chose."""
    context = {"grid": _grid(request, day), "day": day, "now": clock.now(), "with_reasons": _with_reasons(request), "section": "agenda"}
    return render(request, "agenda/sheet.html", context)


@allow(*READERS)
@require_safe
def pdf(request: HttpRequest, day: date) -> HttpResponse:
    """The same as a PDF, for the agendas that this person sees."""
    wall = clock.now().astimezone(current_zone())
    content = day_sheet_pdf(_grid(request, day), day, cabinet=current_cabinet().name, now=wall, with_reasons=_with_reasons(request))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="feuille-{day.isoformat()}.pdf"'
    answer["Cache-Control"], answer["X-Content-Type-Options"] = "no-store", "nosniff"
    return answer


@allow(*READERS)
@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    """What stands ready: the evening's sheets for those who see every agenda, and tomorrow's made now for everybody."""
    today = clock.now().astimezone(current_zone()).date()
    kept = BackupSheet.objects.order_by("-day") if agendas_of(request.user) is None else BackupSheet.objects.none()
    form = SheetRulesForm(instance=sheet_rules()) if request.user.has_role(Role.OWNER) else None
    context = {"kept": kept, "today": today, "tomorrow": today + timedelta(days=1), "section": "agenda", "rules_form": form}
    return render(request, "agenda/backup_sheets.html", context)


@allow(*READERS)
@require_safe
def backup(request: HttpRequest, sheet_id: UUID) -> HttpResponseBase:
    """One that stands ready, for those who see every agenda: it shows them all."""
    row = BackupSheet.objects.filter(pk=sheet_id).first()
    if row is None or agendas_of(request.user) is not None:
        raise Http404
    name = _("feuille-%(day)s.pdf") % {"day": row.day.isoformat()}
    return redirect(address_of(row.file, reader=request.user, shown_as=name))


@allow(Role.OWNER)
@require_POST
def set_rules(request: HttpRequest) -> HttpResponseBase:
    """What stands on the sheets, from the next one on."""
    SheetRulesForm(request.POST, instance=sheet_rules()).save()
    messages.success(request, _("Réglages enregistrés."))
    return redirect("agenda:backup_sheets")


def _grid(request: HttpRequest, day: date) -> Grid:
    return read_day(day, clock.now(), desk_practitioners(agendas_of(request.user)))


def _with_reasons(request: HttpRequest) -> bool:
    asked = request.GET.get("motif")
    return asked == "1" if asked in ("0", "1") else sheet_rules().with_reasons
