"""Who reminds: the cabinet or the platform."""

import pytest

from agenda.actors import Actor
from agenda.reminders import register_reminding
from medidesk.messaging.models import Message
from tests.agenda.diary import NOW, at
from tests.agenda.told import NEXT_MONDAY, SATURDAY_TEN, TEN, cancel, imported, move, planned, sent

pytestmark = pytest.mark.usefixtures("visit_link")


def test_imported_visit_is_left_to_the_platform(diary, mobile):
    imported(diary)

    assert planned() == []


def test_imported_visit_is_reminded_when_the_cabinet_says_so(diary, mobile):
    register_reminding("doctolib", lambda appointment: True)

    imported(diary, actor=Actor.system(), origin="")

    assert [kind for kind, _, _ in planned()] == ["reminder"]


def test_reminder_is_withdrawn_when_the_platform_reminds_after_all(diary, mobile):
    diary.book(TEN)
    sent(NOW)
    register_reminding("website", lambda appointment: False)

    assert sent(SATURDAY_TEN) == []
    assert Message.objects.get(kind="reminder").outcome == "reminded by the platform"


def test_imported_visit_moved_by_the_cabinet_is_told(diary, mobile):
    visit = imported(diary)

    move(visit, at(11, day=NEXT_MONDAY), visit_reason_id=diary.reason.id)

    assert [kind for kind, _, _ in planned()] == ["moved"]


def test_imported_visit_cancelled_by_the_platform_is_left_to_it(diary, mobile):
    cancel(imported(diary), by="platform", origin="connection:1")

    assert planned() == []


def test_imported_visit_cancelled_by_the_cabinet_is_told(diary, mobile):
    cancel(imported(diary))

    assert [kind for kind, _, _ in planned()] == ["cancellation"]
