"""resource-taken: not enough rooms or devices of a kind at the site."""

from tests.agenda.diary import at, make_hours, make_practitioner, make_reason, make_room
from tests.agenda.rules.asking import STAFF, codes, refused


def with_another_in_the_room(diary, rooms: int = 1, kinds: tuple[str, ...] = ("room",)):
    """A reason that needs rooms; somebody else is in one of them at 10."""
    for n in range(rooms):
        make_room(diary.site, f"Salle {n}")
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site)
    reason = make_reason(diary.alma, ben, resource_kinds=list(kinds))
    diary.book(at(10), practitioner_id=ben.id, visit_reason_id=make_reason(ben, resource_kinds=["room"]).id)
    return reason


def test_refuses_without_a_free_room(diary):
    reason = with_another_in_the_room(diary)

    assert codes(diary, at(10), reason=reason) == ["resource-taken"]
    assert codes(diary, at(10, 30), reason=reason) == []


def test_does_not_refuse_while_one_is_free(diary):
    reason = with_another_in_the_room(diary, rooms=2)

    assert codes(diary, at(10), reason=reason) == []


def test_a_kind_named_twice_needs_two(diary):
    reason = with_another_in_the_room(diary, rooms=2, kinds=("room", "room"))

    assert codes(diary, at(10), reason=reason) == ["resource-taken"]
    assert codes(diary, at(9), reason=reason) == []


def test_a_taken_practitioner_says_enough(diary):
    reason = with_another_in_the_room(diary)
    diary.book(at(10))

    assert codes(diary, at(10), reason=reason) == ["slot-taken"]


def test_the_staff_must_insist(diary):
    reason = with_another_in_the_room(diary)

    assert refused(diary, at(10), STAFF, reason=reason) == {"resource-taken": "insist"}
