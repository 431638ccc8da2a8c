"""slot-taken: another visit, hold or buffer of the practitioner."""

from datetime import timedelta

from agenda.scheduling import hold_slot
from tests.agenda.diary import NOW, PATIENT, at
from tests.agenda.rules.asking import STAFF, change, codes, refused


def test_refuses_what_overlaps(diary):
    diary.book(at(10))
    change(diary.reason, grid_minutes=10)

    assert [codes(diary, at(9, minute)) for minute in (30, 40)] == [[], ["slot-taken"]]
    assert [codes(diary, at(10, minute)) for minute in (0, 20, 30)] == [["slot-taken"], ["slot-taken"], []]


def test_buffers_of_either_count(diary):
    diary.book(at(10))
    change(diary.reason, buffer_after_minutes=5)

    assert codes(diary, at(9, 30)) == ["slot-taken"]


def test_a_hold_counts_until_it_expires(diary):
    hold_slot(visit_reason_id=diary.reason.id, start=at(10), practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)

    assert codes(diary, at(10)) == ["slot-taken"]
    assert codes(diary, at(10), now=NOW + timedelta(minutes=15)) == []


def test_the_staff_must_insist(diary):
    diary.book(at(10))

    assert refused(diary, at(10), STAFF) == {"slot-taken": "insist"}
