"""One doctor in two cabinets of the platform: what one takes is closed in the other, and nothing else is told."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.errors import HoldGone, SlotTaken
from agenda.models import Occupancy, Practitioner, RightsEntry
from agenda.scheduling import cancel_appointment, hold_slot, import_visit, move_appointment, release_hold
from agenda.setup.sharing import share_time, stop_sharing
from agenda.sharing import restore_shared_time
from medidesk.cabinets.provisioning import close_cabinet, reopen_cabinet, suspend_cabinet
from medidesk.errors import Refused
from medidesk.shared_time.models import SharedTime
from medidesk.shared_time.ranges import person_key
from tests.agenda.diary import NOW, PATIENT, PLATFORM, STAFF, Diary, at
from tests.agenda.sharing import ALMA, RPPS, There, diary_of_alma, share


@pytest.fixture(autouse=True)
def _sunday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def here(cabinet) -> Diary:
    """Alma in Tourcoing, sharing."""
    return share(diary_of_alma())


@pytest.fixture
def there(other_cabinet, here) -> There:
    """The other cabinet."""
    return There(other_cabinet)


WALL = ["12:00", "12:30", "13:00", "13:30", "14:00", "14:30"]


def test_what_one_takes_is_closed_in_the_other_at_the_same_instant(here, there):
    before = there.slots()

    here.book(at(10))

    assert (before, there.slots()) == (WALL, [time for time in WALL if time != "13:00"])
    assert here.slots() == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_the_taken_time_is_refused_as_taken(here, there):
    there.book(at(10))

    with pytest.raises(SlotTaken):
        here.book(at(10))
    with pytest.raises(SlotTaken):
        here.book(at(10), practitioner_id=None)


def test_a_hold_closes_it_until_it_is_released_or_over(here, there):
    def held(**values):
        return hold_slot(
            visit_reason_id=here.reason.id, practitioner_id=here.alma.id, start=at(10), actor=PATIENT, source="website", now=NOW, **values
        )

    hold = held()
    closed = there.slots()
    release_hold(hold_id=hold.id, actor=PATIENT, now=NOW)
    open_again = there.slots()
    held()
    with there.cabinet:
        after_it = there.diary.slots(now=NOW + timedelta(minutes=20))

    assert ["13:00" in one for one in (closed, open_again, after_it)] == [False, True, True]


def test_an_expired_hold_gives_way_to_the_other_cabinet(here, there):
    hold = hold_slot(
        visit_reason_id=here.reason.id, practitioner_id=here.alma.id, start=at(10), actor=PATIENT, source="website", now=NOW
    )  # fmt: skip
    later = NOW + timedelta(minutes=20)

    there.book(at(10), now=later)

    with pytest.raises(HoldGone):
        here.book(at(10), hold_id=hold.id, now=later)


def test_a_hold_that_is_confirmed_keeps_its_time(here, there):
    hold = hold_slot(
        visit_reason_id=here.reason.id, practitioner_id=here.alma.id, start=at(10), actor=PATIENT, source="website", now=NOW
    )  # fmt: skip

    visit = here.book(at(10), hold_id=hold.id)

    assert list(SharedTime.objects.values_list("reference", "expires_at")) == [(visit.id, None)]
    assert "13:00" not in there.slots()


def test_cancelling_and_moving_give_the_time_back_there(here, there):
    visit = here.book(at(10))
    move_appointment(appointment_id=visit.id, start=at(11), actor=STAFF, now=NOW)
    moved = there.slots()
    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)

    assert moved == [time for time in WALL if time != "14:00"]
    assert (there.slots(), SharedTime.objects.count()) == (WALL, 0)


def test_an_imported_visit_is_never_refused_and_stays_a_conflict_here(here, there):
    there.book(at(10))

    visit = import_visit(
        practitioner_id=here.alma.id, start=at(10), end=at(10, 30), actor=PLATFORM, source="doctolib", origin="c", now=NOW
    )  # fmt: skip

    assert (visit.lane, SharedTime.objects.count()) == ("conflict", 1)


def test_staff_who_insist_stand_here_and_are_not_said_there(here, there):
    there.book(at(10))

    visit = here.book(at(10), actor=STAFF, source="phone", insist="urgence")

    assert (visit.lane, set(SharedTime.objects.values_list("schema", flat=True))) == ("extra", {there.cabinet.schema_name})


def test_two_visits_of_one_cabinet_may_overlap_in_their_lanes(here, there):
    here.book(at(10))
    here.book(at(10), actor=STAFF, source="phone", insist="urgence")

    assert SharedTime.objects.count() == 2


def test_nothing_but_a_key_a_cabinet_an_opaque_id_and_a_range_is_shared(here, there):
    here.book(at(10))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'shared_time_sharedtime'"
        )
        columns = {name for (name,) in cursor.fetchall()}

    row = SharedTime.objects.get()
    assert columns == {"id", "person", "schema", "reference", "span", "expires_at"}
    assert row.person == person_key(RPPS) and RPPS not in str(row.person)


def test_who_does_not_share_leaves_no_row_and_costs_no_query(cabinet):
    diary = diary_of_alma()
    diary.slots()

    with CaptureQueriesContext(connection) as queries:
        diary.slots()
        visit = diary.book(at(10))
        cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)

    assert SharedTime.objects.count() == 0
    assert [one["sql"] for one in queries if "shared_time" in one["sql"]] == []


def test_one_side_alone_closes_nothing(here, other_cabinet):
    here.book(at(10))
    with other_cabinet:
        diary = diary_of_alma()
        type(diary.hours).objects.update(start_minute=12 * 60, end_minute=15 * 60)

        assert diary.slots() == WALL


def test_another_person_is_another_person(here, there):
    with there.cabinet:
        other = Practitioner.objects.get(pk=there.diary.alma.pk)
        other.rpps = "10003429361"
        other.save()
    here.book(at(10))

    assert there.slots() == WALL


@pytest.mark.parametrize("rpps", ["", "10002673899"])
def test_a_valid_national_number_is_needed(cabinet, rpps):
    diary = diary_of_alma(rpps)

    with pytest.raises(Refused, match="RPPS"):
        share_time(diary.alma.id, agreed=True, actor=ALMA, now=NOW)


def test_switching_on_says_the_visits_to_come_and_counts_those_that_overlap(cabinet, there_later):
    diary = diary_of_alma()
    diary.book(at(9))
    diary.book(at(10))
    there_later.book(at(10))

    overlaps = share_time(diary.alma.id, agreed=True, actor=ALMA, now=NOW)

    assert (overlaps, SharedTime.objects.filter(schema=cabinet.schema_name).count()) == (1, 1)
    assert RightsEntry.objects.get().act == "sharing-on"


@pytest.fixture
def there_later(other_cabinet) -> There:
    """The other cabinet, when nobody shares here yet."""
    return There(other_cabinet)


def test_switching_off_deletes_the_rows_and_looks_elsewhere_no_more(here, there):
    here.book(at(9))
    there.book(at(10))

    stop_sharing(here.alma.id, actor=ALMA, now=NOW)

    assert set(SharedTime.objects.values_list("schema", flat=True)) == {there.cabinet.schema_name}
    assert (there.slots(), "10:00" in here.slots()) == ([time for time in WALL if time != "13:00"], True)


@pytest.mark.parametrize("act", [suspend_cabinet, close_cabinet])
def test_a_cabinet_that_receives_nobody_takes_nobodys_time_until_it_opens_again(cabinet, here, there, act):
    here.book(at(10))
    act(cabinet)
    away = there.slots()
    reopen_cabinet(cabinet)

    assert (away, there.slots()) == (WALL, [time for time in WALL if time != "13:00"])


def test_a_restored_cabinet_says_its_time_again(cabinet, here, there):
    here.book(at(10))
    SharedTime.objects.all().delete()

    assert (restore_shared_time(NOW), "13:00" in there.slots()) == (0, False)


def test_another_number_on_the_file_moves_the_rows(here, there):
    here.book(at(10))
    alma = Practitioner.objects.get(pk=here.alma.pk)
    alma.rpps = "10003429361"
    alma.save()

    assert set(SharedTime.objects.values_list("person", flat=True)) == {person_key("10003429361")}
    assert there.slots() == WALL


@contextmanager
def unguarded():
    """The looks and the constraint of the shared table taken away, for the length of a test."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE public.shared_time_sharedtime DROP CONSTRAINT shared_time_never_in_two_cabinets")
    yield


def test_the_constraint_has_the_last_word(here, there, monkeypatch):
    there.book(at(10))
    monkeypatch.setattr("agenda.free_times.busy.spans_elsewhere", lambda *_: [])

    with pytest.raises(SlotTaken):
        here.book(at(10))


def test_without_looks_and_constraint_both_take_the_hour(here, there, monkeypatch):
    there.book(at(10))
    monkeypatch.setattr("agenda.free_times.busy.spans_elsewhere", lambda *_: [])
    with unguarded():
        here.book(at(10))

    assert Occupancy.objects.count() == 1
    assert SharedTime.objects.filter(span__contains=int(at(10).timestamp() // 60)).count() == 2
