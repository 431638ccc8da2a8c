"""Two workers, two answers, a booking at the same moment: one wins, the other is told; run with real commits and threads."""

import threading

import pytest
from django.db import connection

from agenda import links, reminders
from agenda.models import Appointment, WaitingOffer
from agenda.scheduling import book_appointment
from agenda.waiting_list import answering
from agenda.waiting_list import links as offer_links
from agenda.waiting_list.answering import accept, decline
from agenda.waiting_list.offering import offer_next
from agenda.waiting_list.tending import tend
from medidesk.errors import MediDeskError
from tests.agenda.diary import NOW, PATIENT, Diary
from tests.agenda.waiting_list.people import TEN, freed_at_ten, make_person, wait


@pytest.fixture
def diary(throwaway_cabinet, monkeypatch):
    """A diary in a cabinet of its own."""
    monkeypatch.setattr(links, "_builders", [])
    monkeypatch.setattr(offer_links, "_builders", [])
    monkeypatch.setattr(reminders, "_rules", {})
    return Diary()


def at_once(cabinet, *works):
    """Do these at the same moment, each on a connection of its own; the codes of those refused."""
    gate, refused = threading.Barrier(len(works)), []

    def run(work):
        with cabinet:
            gate.wait()
            try:
                work()
            except MediDeskError as error:
                refused.append(error.code)
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.parametrize("attempt", range(3))
def test_two_workers_make_one_offer(throwaway_cabinet, diary, attempt):
    for number in range(4):
        wait(diary, make_person(number))
    freed = freed_at_ten(diary)

    refused = at_once(throwaway_cabinet, *[lambda: offer_next(freed.id, NOW)] * 3, *[lambda: tend(NOW)] * 2)

    assert (refused, WaitingOffer.objects.count()) == ([], 1)


@pytest.mark.parametrize("attempt", range(3))
def test_two_yes_book_once(throwaway_cabinet, diary, attempt):
    wait(diary, make_person(1))
    freed_at_ten(diary)
    tend(NOW)
    offer = WaitingOffer.objects.get()

    refused = at_once(throwaway_cabinet, *[lambda: accept(offer.id, now=NOW)] * 4)

    assert (refused, Appointment.objects.filter(start=TEN, status="confirmed").count()) == ([], 1)


@pytest.mark.parametrize("attempt", range(3))
def test_yes_and_no_at_once_are_one_answer(throwaway_cabinet, diary, attempt):
    wait(diary, make_person(1))
    freed_at_ten(diary)
    tend(NOW)
    offer = WaitingOffer.objects.get()

    refused = at_once(throwaway_cabinet, lambda: accept(offer.id, now=NOW), lambda: decline(offer.id, now=NOW))

    booked = Appointment.objects.filter(start=TEN, status="confirmed").count()
    assert (refused, booked) in ((["offer-gone"], 0), (["offer-gone"], 1))
    assert WaitingOffer.objects.get().state == ("accepted" if booked else "declined")


@pytest.mark.parametrize("attempt", range(3))
def test_a_visitor_and_the_worker_at_once_share_no_time(throwaway_cabinet, diary, attempt):
    wait(diary, make_person(1))
    freed = freed_at_ten(diary)
    visitor = {
        "visit_reason_id": diary.reason.id, "start": TEN, "practitioner_id": diary.alma.id, "patient_id": diary.nour.id, "actor": PATIENT,
        "source": "website", "now": NOW,
    }  # fmt: skip

    refused = at_once(throwaway_cabinet, lambda: offer_next(freed.id, NOW), lambda: book_appointment(**visitor))

    offered = WaitingOffer.objects.filter(state="open").count()
    assert (offered, refused) in ((1, ["slot-taken"]), (0, []))
    assert Appointment.objects.filter(start=TEN, status="confirmed").count() == 1 - offered


def test_without_the_lock_a_yes_is_told_no(throwaway_cabinet, diary, monkeypatch):
    wait(diary, make_person(1))
    freed_at_ten(diary)
    tend(NOW)
    offer, both_have_looked = WaitingOffer.objects.get(), threading.Barrier(2)

    def looked_at(offer_id):
        seen = WaitingOffer.objects.select_related("entry", "freed").get(pk=offer_id)
        both_have_looked.wait()
        return seen

    monkeypatch.setattr(answering, "lock_offer", looked_at)

    assert at_once(throwaway_cabinet, *[lambda: accept(offer.id, now=NOW)] * 2) == ["offer-gone"]
