"""A freed time finds its next patient: held, told, answered, booked; or the next one is asked."""

import pytest

from agenda.models import Appointment, FreedTime, Hold, WaitingListEntry, WaitingOffer
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.errors import OfferGone
from medidesk.messaging.models import OutboxEntry
from tests.agenda.diary import NOW, at
from tests.agenda.told import sent
from tests.agenda.waiting_list.people import MINUTE, OFFER_LINK, TEN, freed_at_ten, go, make_person, open_offer, states, wait


@pytest.fixture
def two(diary):
    """Two people wait, the first since yesterday."""
    first = wait(diary, make_person(1), now=NOW - 24 * 60 * MINUTE)
    return first, wait(diary, make_person(2))


def test_the_first_is_told_of_a_held_time(diary, two):
    freed_at_ten(diary)

    go(NOW)

    offer = open_offer()
    assert (offer.entry, offer.start, offer.channel, offer.answer_by) == (two[0], TEN, "sms", NOW + 10 * MINUTE)
    assert (offer.hold.state, offer.hold.start, offer.hold.expires_at) == ("active", TEN, NOW + 12 * MINUTE)
    assert states() == [("Attente1", "offered"), ("Attente2", "waiting")]
    assert [text for text in sent(NOW) if "lib" in text] == [
        "Cabinet du Beffroi : une heure s'est libérée lundi 02/03 à 10h, Dr Delcourt. Répondez OUI avant 12h10 pour la prendre, ou NON,"
        f" ou ici : {OFFER_LINK}"
    ]


def test_yes_books_the_time_and_closes_the_round(diary, two):
    freed_at_ten(diary)
    go(NOW)

    visit = accept(open_offer().id, now=NOW + MINUTE)

    assert (visit.start, visit.patient, visit.status, visit.source, visit.booked_by) == (
        TEN,
        two[0].patient,
        "confirmed",
        "phone",
        "patient",
    )
    entry = WaitingListEntry.objects.get(pk=two[0].pk)
    assert (entry.state, entry.booked, entry.version) == ("booked", visit, 3)
    assert (FreedTime.objects.get().state, WaitingOffer.objects.get().state, Hold.objects.get().state) == ("filled", "accepted", "used")


def test_yes_said_twice_books_once(diary, two):
    freed_at_ten(diary)
    go(NOW)
    offer = open_offer()

    assert accept(offer.id, now=NOW) == accept(offer.id, now=NOW + MINUTE)
    assert Appointment.objects.filter(status="confirmed").count() == 1


def test_no_is_followed_by_the_next_at_once(diary, two):
    freed_at_ten(diary)
    go(NOW)

    decline(open_offer().id, now=NOW + MINUTE)
    go(NOW + MINUTE)

    assert open_offer().entry == two[1]
    assert states() == [("Attente1", "waiting"), ("Attente2", "offered")]


def test_without_answer_in_time_the_next_is_told(diary, two):
    freed_at_ten(diary)
    go(NOW)

    go(NOW + 10 * MINUTE)

    assert [(one.entry, one.state) for one in WaitingOffer.objects.order_by("sent_at")] == [(two[0], "lapsed"), (two[1], "open")]


def test_a_late_yes_is_refused_politely_and_the_wish_stands(diary, two):
    freed_at_ten(diary)
    go(NOW)
    late = open_offer()
    go(NOW + 10 * MINUTE)

    with pytest.raises(OfferGone, match="Vous restez sur la liste"):
        accept(late.id, now=NOW + 11 * MINUTE)

    assert states() == [("Attente1", "waiting"), ("Attente2", "offered")]


def test_when_nobody_is_left_the_time_is_free_for_all(diary, two):
    freed_at_ten(diary)
    for minutes in (0, 10, 20):
        go(NOW + minutes * MINUTE)

    assert FreedTime.objects.get().state == "nobody"
    assert "10:00" in diary.slots(now=NOW + 20 * MINUTE)


def test_an_earlier_time_moves_the_visit_and_its_old_time_is_offered_on(diary):
    visit = diary.book(at(11), patient_id=make_person(3).id)
    first = wait(diary, visit.patient, appointment_id=visit.id, priority="urgent")
    other = wait(diary, make_person(4))
    freed_at_ten(diary)
    go(NOW)

    moved = accept(open_offer().id, now=NOW)
    go(NOW + 2 * MINUTE)

    assert (moved.id, moved.start, moved.end) == (visit.id, TEN, at(10, 30))
    assert (open_offer().entry, open_offer().start) == (other, at(11))
    assert WaitingListEntry.objects.get(pk=first.pk).booked_id == visit.id


def test_the_same_step_done_twice_is_done_once(diary, two):
    freed_at_ten(diary)

    for _ in range(3):
        go(NOW)

    assert WaitingOffer.objects.count() == 1
    sent(NOW)
    assert OutboxEntry.objects.filter(text__contains="libérée").count() == 1
