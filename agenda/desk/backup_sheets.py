"""The sheets that stand ready when nothing else works: each evening the next day's, whole cabinet, kept three days."""

from datetime import datetime, time, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from agenda.desk.day import desk_practitioners, read_day
from agenda.desk.day_sheet_pdf import day_sheet_pdf
from agenda.models import Appointment, BackupSheet, SheetRules
from medidesk.cabinets.current import current_cabinet, current_zone

EVENING = time(19, 0)  # on the cabinet's wall
KEPT = timedelta(days=3)
FOLDER = "sheets"


def sheet_rules() -> SheetRules:
    """What the cabinet wants on its sheets; no reasons while it never said."""
    return SheetRules.objects.first() or SheetRules()


def prepare_tomorrows_sheet(now: datetime) -> BackupSheet | None:
    """From the evening on: tomorrow's sheet, made anew when any visit has changed since (it may have
    left that day), or when the cabinet wants another sheet. None when nothing was to be done."""
    wall = now.astimezone(current_zone())
    if wall.time() < EVENING:
        return None
    day = wall.date() + timedelta(days=1)
    kept, with_reasons = BackupSheet.objects.filter(day=day).first(), sheet_rules().with_reasons
    as_wanted = kept is not None and kept.with_reasons == with_reasons
    if kept is not None and as_wanted and not Appointment.objects.filter(updated_at__gt=kept.made_at).exists():
        return None
    grid = read_day(day, now, desk_practitioners())
    content = day_sheet_pdf(grid, day, cabinet=current_cabinet().name, now=wall, with_reasons=with_reasons)
    name = default_storage.save(f"{FOLDER}/sheet", ContentFile(content))
    if kept is not None:
        transaction.on_commit(lambda: default_storage.delete(kept.file))
    return BackupSheet.objects.update_or_create(day=day, defaults={"file": name, "made_at": now, "with_reasons": with_reasons})[0]


def drop_old_sheets(now: datetime) -> int:
    """Delete the sheets of days long gone and their files; answers how many."""
    old = list(BackupSheet.objects.filter(made_at__lt=now - KEPT))
    for sheet in old:
        sheet.delete()
        default_storage.delete(sheet.file)
    return len(old)
