"""When a time is offered, when not, and what happens meanwhile."""

from datetime import datetime, timedelta

import pytest

from agenda.models import Appointment, FreedTime, Hold, WaitingListEntry, WaitingListRules, WaitingOffer
from agenda.scheduling import change_status, hold_slot, import_visit, move_appointment, release_hold, undo_last
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.errors import AlreadyWaiting, NotWaiting, NoWayToReach, OfferGone, QuietHours
from agenda.waiting_list.joining import change, withdraw
from agenda.waiting_list.offering import offer_to, stop_offer, stop_round
from agenda.waiting_list.tending import settle_wishes
from medidesk.due.models import DuePointer
from medidesk.errors import MediDeskError
from medidesk.messaging.models import Message
from tests.agenda.diary import MONDAY, NOW, PARIS, PATIENT, PLATFORM, STAFF, at
from tests.agenda.waiting_list.people import MINUTE, TEN, freed_at_ten, give_back, go, make_person, open_offer, wait

DAY = timedelta(days=1)


@pytest.fixture
def entry(diary) -> WaitingListEntry:
    """Somebody waits."""
    return wait(diary, make_person(1))


def rounds() -> list[tuple[datetime, str]]:
    return list(FreedTime.objects.order_by("start").values_list("start", "state"))


def test_nothing_is_noted_while_nobody_waits(diary):
    give_back(diary.book(TEN))

    assert rounds() == []


def test_the_desk_has_time_for_second_thoughts(diary, entry):
    give_back(diary.book(TEN), by="cabinet")
    go(NOW + MINUTE)
    assert not WaitingOffer.objects.exists()

    go(NOW + 2 * MINUTE)

    assert open_offer().start == TEN


def test_a_cancellation_taken_back_offers_nothing(diary, entry):
    visit = diary.book(TEN)
    give_back(visit, by="cabinet")
    undo_last(appointment_id=visit.id, actor=STAFF, now=NOW + MINUTE)

    go(NOW + 2 * MINUTE)

    assert rounds() == [(TEN, "taken")]


def test_a_move_frees_the_time_it_leaves(diary, entry):
    visit = diary.book(TEN)
    move_appointment(appointment_id=visit.id, start=at(11), actor=PATIENT, now=NOW)
    go(NOW)

    assert rounds() == [(TEN, "open")]
    assert open_offer().start == TEN


def test_a_missed_visit_frees_no_time_that_is_past(diary, entry):
    visit = diary.book(at(9))
    change_status(appointment_id=visit.id, status="no_show", actor=STAFF, now=at(9, 40))

    assert rounds() == []


def test_a_conflict_that_settles_there_wins(diary, entry):
    visit = diary.book(TEN)
    imported = import_visit(
        practitioner_id=diary.alma.id, start=TEN, end=at(10, 30), actor=PLATFORM, source="doctolib", origin="c", now=NOW
    )
    give_back(visit)
    go(NOW)

    assert Appointment.objects.get(pk=imported.pk).lane == "normal"
    assert rounds() == [(TEN, "taken")]


def test_a_time_too_near_is_not_offered(diary, entry):
    visit = diary.book(TEN)
    give_back(visit, now=at(9, 15))
    go(at(9, 31))

    assert rounds() == [(TEN, "late")]
    assert not WaitingOffer.objects.exists()


def test_nobody_is_disturbed_at_night(diary, entry):
    night = datetime(2026, 3, 1, 21, 0, tzinfo=PARIS)
    freed_at_ten(diary, now=night)
    go(night)
    assert not WaitingOffer.objects.exists()
    assert not Hold.objects.exists()

    morning = at(8)
    go(morning)

    assert (open_offer().start, open_offer().answer_by) == (TEN, morning + 10 * MINUTE)


def test_far_away_there_is_more_time_to_answer(diary, entry):
    give_back(diary.book(at(10, day=MONDAY + 7 * DAY)))
    go(NOW)

    assert open_offer().answer_by == NOW + 30 * MINUTE


def test_a_cabinet_that_wants_to_choose_itself(diary, entry):
    WaitingListRules.objects.create(automatic=False)
    freed_at_ten(diary)
    go(NOW)

    assert rounds() == [(TEN, "open")]
    assert not WaitingOffer.objects.exists()
    assert not DuePointer.objects.filter(kind="waiting-list").exists()


def test_whoever_cannot_be_written_to_is_left_to_the_desk(diary):
    entry = wait(diary, make_person(1, phone="", email=""))
    freed = freed_at_ten(diary)
    go(NOW)
    assert rounds() == [(TEN, "nobody")]

    with pytest.raises(NoWayToReach):
        offer_to(entry_id=entry.id, practitioner_id=diary.alma.id, start=TEN, actor=STAFF, now=NOW)
    offer = offer_to(entry_id=entry.id, practitioner_id=diary.alma.id, start=TEN, actor=STAFF, now=NOW, channel="phone", freed_id=freed.id)

    assert (offer.channel, offer.offered_by, Message.objects.filter(kind="waiting-offer").exists()) == ("phone", "Basile", False)


def test_by_hand_at_night_only_by_telephone(diary, entry):
    night = datetime(2026, 3, 1, 21, 0, tzinfo=PARIS)
    wanted = {"entry_id": entry.id, "practitioner_id": diary.alma.id, "start": TEN, "actor": STAFF, "now": night}

    with pytest.raises(QuietHours):
        offer_to(**wanted)
    assert offer_to(**wanted, channel="phone").state == "open"


def test_never_two_open_offers_for_one_person(diary, entry):
    offer_to(entry_id=entry.id, practitioner_id=diary.alma.id, start=TEN, actor=STAFF, now=NOW)

    with pytest.raises(NotWaiting):
        offer_to(entry_id=entry.id, practitioner_id=diary.alma.id, start=at(11), actor=STAFF, now=NOW)


def test_never_two_open_offers_for_one_time(diary, entry):
    offer_to(entry_id=entry.id, practitioner_id=diary.alma.id, start=TEN, actor=STAFF, now=NOW)
    other = wait(diary, make_person(2))

    with pytest.raises(MediDeskError) as refused:
        offer_to(entry_id=other.id, practitioner_id=diary.alma.id, start=TEN, actor=STAFF, now=NOW)
    assert refused.value.code == "slot-taken"


def test_a_time_held_meanwhile_is_offered_when_the_hold_ends(diary, entry):
    freed_at_ten(diary)
    hold = hold_slot(visit_reason_id=diary.reason.id, start=TEN, practitioner_id=diary.alma.id, actor=PATIENT, source="website", now=NOW)
    go(NOW)
    assert rounds() == [(TEN, "taken")]

    release_hold(hold_id=hold.id, actor=PATIENT, now=NOW)
    go(NOW)

    assert open_offer().start == TEN


def test_a_new_wish_is_shown_the_times_that_nobody_wanted(diary):
    wait(diary, make_person(1), until_date=MONDAY - DAY)
    freed_at_ten(diary)
    go(NOW)
    assert rounds() == [(TEN, "nobody")]

    late = wait(diary, make_person(2))
    go(NOW)

    assert open_offer().entry == late


def test_withdrawing_gives_the_time_to_the_next(diary, entry):
    wait(diary, make_person(2), now=NOW + MINUTE)
    freed_at_ten(diary)
    go(NOW)

    withdraw(entry_id=entry.id, actor=PATIENT, now=NOW)
    go(NOW)

    assert open_offer().entry.patient.birth_name == "Attente2"
    assert WaitingListEntry.objects.get(pk=entry.pk).state == "withdrawn"


def test_an_offer_taken_back_ends_its_round(diary, entry):
    freed_at_ten(diary)
    go(NOW)

    stop_offer(offer_id=open_offer().id, actor=STAFF, now=NOW)
    go(NOW)

    assert rounds() == [(TEN, "stopped")]
    assert "10:00" in diary.slots()
    with pytest.raises(OfferGone):
        stop_offer(offer_id=WaitingOffer.objects.get().id, actor=STAFF, now=NOW)


def test_stopping_a_round_ends_its_offer(diary, entry):
    freed = freed_at_ten(diary)
    go(NOW)

    stop_round(freed_id=freed.id, actor=STAFF, now=NOW)

    assert (WaitingOffer.objects.get().state, rounds()) == ("stopped", [(TEN, "stopped")])


def test_a_visit_that_can_no_longer_be_moved_leaves_the_offer_void(diary):
    visit = diary.book(at(11), patient_id=make_person(1).id)
    wait(diary, visit.patient, appointment_id=visit.id)
    freed_at_ten(diary)
    go(NOW)
    change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=NOW)

    visit = accept(open_offer().id, now=NOW)

    assert (visit.start, Appointment.objects.filter(status="confirmed").count()) == (TEN, 1)


def test_answers_after_the_end(diary, entry):
    freed_at_ten(diary)
    go(NOW)
    offer = open_offer()

    assert [decline(offer.id, now=NOW).state for _ in range(2)] == ["declined", "declined"]
    with pytest.raises(OfferGone):
        accept(offer.id, now=NOW)
    assert WaitingOffer.objects.get().state == "declined"


def test_joining_again_for_another_reason_only(diary, entry):
    with pytest.raises(AlreadyWaiting):
        wait(diary, entry.patient)
    withdraw(entry_id=entry.id, actor=STAFF, now=NOW)

    assert wait(diary, entry.patient).state == "waiting"
    with pytest.raises(NotWaiting):
        change(entry_id=entry.id, changes={"note": "x"}, actor=STAFF, now=NOW)


def test_wishes_that_are_over_are_closed(diary):
    wait(diary, make_person(1), until_date=MONDAY)
    booked = wait(diary, make_person(2), now=NOW - MINUTE)
    visit = diary.book(at(11), patient_id=booked.patient_id)
    earlier = diary.book(at(9), patient_id=make_person(3).id)
    wait(diary, earlier.patient, appointment_id=earlier.id)
    wait(diary, make_person(4))

    assert settle_wishes(NOW) == 1
    assert settle_wishes(at(9, 30) + DAY) == 2

    assert list(WaitingListEntry.objects.order_by("patient__birth_name").values_list("state", "booked")) == [
        ("expired", None), ("booked", visit.id), ("expired", None), ("waiting", None),
    ]  # fmt: skip


def test_a_pointer_that_outlived_its_row_leads_nowhere(diary, entry):
    freed = freed_at_ten(diary)
    FreedTime.objects.filter(pk=freed.pk).delete()

    go(NOW)

    assert not DuePointer.objects.filter(kind="waiting-list").exists()
