"""The whole way without scripts: choose, identify, confirm."""

from agenda.models import Appointment, Hold, Status
from patients.models import Patient
from tests.agenda.diary import at


def test_the_page_offers_each_time_as_a_form_of_its_own(visitor, diary):
    page = visitor.client.get("/").content.decode()

    starts = [f'name="start" value="2026-03-02T{time}:00+01:00"' for time in ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")]
    assert [page.count(start) for start in starts] == [2, 1, 1, 1, 1, 1]  # the first one also on the card
    assert f'name="practitioner" value="{diary.alma.id}"' in page


def test_choosing_a_time_holds_it_for_a_quarter_of_an_hour(visitor):
    answer = visitor.choose(at(9, 30))

    hold = Hold.objects.get()
    assert (answer.status_code, answer.url) == (302, "/reservation/")
    assert (hold.start, (hold.expires_at - hold.created_at).seconds) == (at(9, 30), 900)


def test_a_reload_keeps_the_hold_and_its_end(visitor):
    visitor.choose()
    before = Hold.objects.get().expires_at

    page = visitor.client.get("/reservation/").content.decode()

    assert Hold.objects.get().expires_at == before
    assert "12\u00a0h\u00a015" in page


def test_the_whole_way_ends_on_the_page_that_is_the_proof(visitor):
    address = visitor.book()

    page = visitor.client.get(address).content.decode()
    assert "est confirmé." in page
    assert "Lundi 2\u00a0mars à 9\u00a0h" in page
    assert "le Dr\u00a0Alma Delcourt" in page
    assert "L’Hostis-Haddad" in page


def test_the_visit_is_the_cabinets_own_and_its_patient_provisional(visitor, diary):
    visitor.book()

    visit = Appointment.objects.get()
    assert (visit.source, visit.booked_by, visit.status, visit.start) == ("website", "patient", Status.CONFIRMED, at(9))
    assert (visit.patient.birth_name, visit.patient.phone, visit.patient.provisional) == ("L’Hostis-Haddad", "+33639980012", True)


def test_somebody_already_known_keeps_one_file(visitor, diary):
    diary.nour.phone = "+33639980012"
    diary.nour.save()

    visitor.book(birth_name="Haddad")

    assert Appointment.objects.get().patient == diary.nour
    assert Patient.objects.count() == 1


def test_a_relative_is_booked_under_their_own_name(visitor):
    visitor.book(for_whom="relative", relationship="parent", first_names="Inès", birth_year="2021")

    visit = Appointment.objects.get()
    assert (visit.patient.first_names, visit.note) == ("Inès", "Pris par un proche (Je suis son parent).")


def test_a_reason_to_validate_says_so_before_and_ends_as_a_request(visitor, diary):
    diary.reason.needs_validation = True
    diary.reason.save()

    before = visitor.client.get("/").content.decode()
    page = visitor.client.get(visitor.book()).content.decode()

    assert "Ce motif est à valider par le cabinet" in before
    assert Appointment.objects.get().status == Status.REQUESTED
    assert "Votre demande est envoyée." in page
    assert "avant demain lundi 12\u00a0h" in page


def test_a_second_choice_gives_the_first_time_back(visitor, diary):
    visitor.choose(at(9))

    visitor.choose(at(10))

    assert diary.slots() == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_changing_the_time_keeps_what_was_typed(visitor):
    visitor.choose()
    visitor.identify(phone="")

    visitor.client.post("/reservation/rendre/")
    visitor.choose(at(11))

    assert "L’Hostis-Haddad" in visitor.client.get("/reservation/").content.decode()


def test_a_form_that_is_not_ours_leads_back_to_the_times(visitor):
    assert visitor.choose(start=at(9), visit_reason="nonsense").url == "/"


def test_a_form_sent_twice_answers_twice_with_the_same_visit(visitor):
    visitor.choose()
    visitor.identify()
    code = visitor.received_code()

    addresses = [visitor.confirm(code).url for _ in range(2)]

    assert len(set(addresses)) == 1
    assert Appointment.objects.count() == 1


def test_a_form_sent_twice_at_the_same_moment_is_not_told_that_the_time_is_gone(visitor):
    visitor.choose()
    visitor.identify()
    before = dict(visitor.client.session)
    first = visitor.confirm().url
    session = visitor.client.session
    session.update(before | {"proved_contact": session["proved_contact"]})
    session.save()

    assert visitor.identify().url == first
