"""Asking the rules about one start, as a patient online, by telephone, or as the staff."""

from datetime import datetime
from typing import Any

from agenda.free_times.examination import explain
from agenda.free_times.openings import Visitor
from tests.agenda.diary import NOW, Diary

ONLINE = Visitor(channel="website")
KNOWN = Visitor(status="known", channel="website")
PHONE = Visitor(channel="phone")
PARTNER = Visitor(channel="partner")
STAFF = Visitor(staff=True, channel="phone")


def change(row: Any, **values: Any) -> None:
    """These columns, and nothing else."""
    type(row).objects.filter(pk=row.pk).update(**values)


def refused(diary: Diary, start: datetime, visitor: Visitor = ONLINE, now: datetime = NOW, **values: Any) -> dict[str, str]:
    """Every rule that refuses, in order, with how strict it is."""
    asked = {"visit_reason_id": values.pop("reason", diary.reason).id, "practitioner_id": values.pop("practitioner", diary.alma).id}
    return {one.code: one.severity for one in explain(**asked, start=start, now=now, visitor=visitor, **values)}


def codes(diary: Diary, start: datetime, visitor: Visitor = ONLINE, now: datetime = NOW, **values: Any) -> list[str]:
    """The codes alone, in order."""
    return list(refused(diary, start, visitor, now, **values))
