"""Booked on one channel, seen at the desk, closed on the others: one write per real change."""

from agenda.models import ReasonOffer
from integrations.connections.connecting import map_practitioner
from integrations.models import ExternalReference, OutboundChange
from integrations.speaking.vocabulary import instant_text
from medidesk import clock
from tests.agenda.diary import make_hours, make_practitioner
from tests.integrations.house import monday


def test_booking_on_doctolib_appears_and_is_closed_on_maiia(house):
    there = house.book_there("doctolib", monday(10))

    house.settle()

    visit = house.visit("doctolib", there)
    assert (visit.start, visit.end) == (monday(10), monday(10, 30))
    assert (visit.status, visit.lane, visit.source) == ("confirmed", "normal", "doctolib")
    assert (visit.practitioner, visit.visit_reason, visit.patient.used_name) == (house.alma, house.reason, "Dupont")
    assert house.busy("maiia") == [(monday(10), monday(10, 30))]
    assert (house.writes("doctolib"), house.writes("maiia")) == ([], ["POST /time-blocks"])


def test_booking_on_maiia_appears_and_is_closed_on_doctolib(house):
    there = house.book_there("maiia", monday(10))

    house.settle()

    visit = house.visit("maiia", there)
    assert (visit.start, visit.source, visit.patient.birth_name, visit.patient.phone) == (monday(10), "maiia", "Dupont", "+33639980012")
    assert house.busy("doctolib") == [(monday(10), monday(10, 30))]


def test_booking_on_the_site_closes_both_with_buffers_and_without_the_patient(house):
    house.reason.buffer_after_minutes = 10
    house.reason.save()

    house.book(monday(11))
    house.settle()

    assert house.busy("doctolib") == house.busy("maiia") == [(monday(11), monday(11, 40))]
    assert "Haddad" not in str(house.simulators["doctolib"].writes()) + str(house.simulators["maiia"].writes())


def test_move_at_the_desk_is_exactly_one_update_there(house):
    visit = house.visit("doctolib", _booked(house, "doctolib"))
    house.simulators["doctolib"].reset_ledger()

    house.move(visit, monday(14))
    house.settle()

    there = ExternalReference.objects.get(appointment=visit, kind="visit").external_id
    assert house.writes("doctolib") == [f"PATCH /appointments/{there}"]
    assert house.simulators["doctolib"].appointment(there)["start"] == instant_text(monday(14))
    assert house.busy("maiia") == [(monday(14), monday(14, 30))]


def test_move_at_the_desk_of_a_maiia_visit_replaces_it_there_once(house):
    there = _booked(house, "maiia")
    house.simulators["maiia"].reset_ledger()

    house.move(house.visit("maiia", there), monday(14))
    house.settle()

    assert house.writes("maiia") == [f"PUT /appointments/{there}"]
    assert house.busy("doctolib") == [(monday(14), monday(14, 30))]


def test_cancel_at_the_desk_cancels_there_and_opens_elsewhere(house):
    there = _booked(house, "doctolib")

    house.cancel(house.visit("doctolib", there))
    house.settle()

    assert house.simulators["doctolib"].appointment(there)["status"] == "cancelled"
    assert house.writes("doctolib") == [f"DELETE /appointments/{there}"]
    assert house.busy("maiia") == []


def test_cancel_on_the_platform_frees_everywhere(house):
    there = _booked(house, "maiia")

    house.simulators["maiia"].cancel(there)
    house.settle()

    visit = house.visit("maiia", there)
    assert (visit.status, visit.cancelled_by) == ("cancelled", "platform")
    assert house.busy("doctolib") == []
    assert house.writes("maiia") == []


def test_move_on_the_platform_moves_here_and_elsewhere_without_echo(house):
    there = _booked(house, "doctolib")

    house.simulators["doctolib"].move(there, monday(15).isoformat())
    house.settle()

    assert house.visit("doctolib", there).start == monday(15)
    assert house.busy("maiia") == [(monday(15), monday(15, 30))]
    assert house.writes("doctolib") == []


def test_done_on_the_platform_completes_the_visit(house):
    there = _booked(house, "maiia")

    house.simulators["maiia"].mark(there, "done")
    house.settle()

    assert house.visit("maiia", there).status == "completed"
    assert house.writes("maiia") == []


def test_another_practitioner_is_a_new_visit_there_then_the_old_one_cancelled(house):

    other = make_practitioner(house.sites, first_name="Karim")
    ReasonOffer.objects.create(visit_reason=house.reason, practitioner=other)
    make_hours(other, house.sites, 8, 19)
    map_practitioner(house.connections["doctolib"], other.id, "pra_002", now=clock.now())
    there = _booked(house, "doctolib")

    house.move(house.visit("doctolib", there), monday(10), practitioner_id=other.id)
    house.settle()

    assert house.writes("doctolib") == ["POST /appointments", f"DELETE /appointments/{there}"]
    standing = [each for each in house.simulators["doctolib"].state()["appointments"] if each["status"] == "confirmed"]
    assert [(each["practitioner"], each["patient"]["last_name"]) for each in standing] == [("pra_002", "Dupont")]


def test_every_change_is_delivered_and_nothing_waits(house):
    visit = house.book(monday(9))
    house.settle()
    house.move(visit, monday(16))
    house.settle()
    house.cancel(visit)
    house.settle()

    assert not OutboundChange.objects.exclude(state="done").exists()
    assert house.busy("doctolib") == house.busy("maiia") == []
    assert [write.split("/")[0] for write in house.writes("doctolib")] == ["POST ", "POST ", "DELETE ", "DELETE "]


def _booked(house, platform: str) -> str:
    there = house.book_there(platform, monday(10))
    house.settle()
    return there
