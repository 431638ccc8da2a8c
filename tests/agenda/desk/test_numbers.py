"""Visits by their number, which the day's page uses in its addresses."""

import pytest

from agenda.desk.numbers import number_of
from agenda.models import Appointment, OpenedAgenda
from patients.registration import update_patient
from tests.agenda.desk.pages import DAY, items
from tests.agenda.diary import at, make_patient


@pytest.fixture
def visit(diary):
    """Nour's visit at ten."""
    return diary.book(at(10))


def test_number_leads_where_the_id_leads(desk, visit):
    number = number_of(visit.id)
    addresses = (f"/agenda/rv/{number}", f"/agenda/rendez-vous/{visit.id}")
    pages = [desk.get(one, headers={"x-part": "dialog"}).content.decode() for one in addresses]

    assert f'href="/agenda/rv/{number}"' in desk.get(DAY).content.decode()
    assert [f'data-visit="{visit.id}"' in page for page in pages] == [True, True]


def test_status_is_set_by_number(desk, visit):
    answer = desk.post(f"/agenda/rv/{number_of(visit.id)}/statut", {"statut": "arrived"}, headers={"x-part": "act"})

    assert (answer.status_code, Appointment.objects.get().status) == (200, "arrived")


def test_numbers_are_given_once(diary, visit):
    number = number_of(visit.id)
    visit.delete()

    assert number_of(diary.book(at(10)).id) > number


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 40])
def test_unknown_number_is_not_found(desk, visit, number):
    assert desk.get(f"/agenda/rv/{number}").status_code == 404


def test_number_of_a_closed_agenda_is_not_found(telesecretary_desk, visit):
    OpenedAgenda.objects.all().delete()

    assert telesecretary_desk.get(f"/agenda/rv/{number_of(visit.id)}").status_code == 404


def test_names_are_escaped(desk, diary):
    diary.book(at(10), patient_id=make_patient(birth_name='"><script>x', first_names="a&b").id)

    html = desk.get(DAY).content.decode()

    assert "<b>&quot;&gt;&lt;SCRIPT&gt;X a&amp;b</b>" in html
    assert "<SCRIPT>" not in html


def test_kept_column_follows_a_new_name(desk, diary, visit):
    desk.get(DAY)
    update_patient(diary.nour, {"used_name": "Martin"}, by="Basile", now=at(9, 32))

    assert items(desk.get(DAY).content.decode(), "visit") == ["M 10:00 MARTIN Nour Consultation"]
