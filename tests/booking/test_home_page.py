"""The cabinet's page: choices in the address, days that say why they are empty, the first free time."""

from datetime import date, datetime

import pytest

from booking.models import PracticalNote
from tests.agenda.diary import MONDAY, at, make_absence, make_hours, make_practitioner, make_reason


def why(answer):
    return {day.date: day.why_empty.text for day in answer.context["page"].week.days if day.why_empty}


def test_choices_are_in_the_address(client, diary):
    other = make_reason(diary.alma, name="Certificat", duration_minutes=60)

    page = client.get(f"/?motif={other.id}&connu=oui&du=2026-03-09").context["page"]

    assert (page.choices.reason, page.choices.known, page.week.days[0].date) == (other, True, date(2026, 3, 9))
    assert page.choices.query == f"motif={other.id}&connu=oui&du=2026-03-09"


@pytest.mark.parametrize("query", ["motif=x&praticien=y&du=z&jour=w", "du=9999-12-31", "du=0001-01-01", "motif=%00"])
def test_an_unreadable_address_shows_the_page_all_the_same(client, diary, query):
    assert client.get(f"/?{query}").status_code == 200


def test_a_day_without_hours_is_closed(client, diary):
    assert why(client.get("/"))[date(2026, 3, 3)] == "Cabinet fermé"


def test_a_day_all_taken_is_full(client, diary):
    make_hours(diary.alma, diary.site, 14, 15, date=date(2026, 3, 4))
    diary.book(datetime.combine(date(2026, 3, 4), at(14).timetz()))
    diary.book(datetime.combine(date(2026, 3, 4), at(14, 30).timetz()))

    assert why(client.get("/"))[date(2026, 3, 4)] == "Complet"


def test_a_day_past_the_horizon_is_not_yet_open(client, diary):
    diary.reason.horizon_days = 3
    diary.reason.save()

    assert why(client.get("/"))[date(2026, 3, 6)] == "Pas encore ouvert"


def test_an_absence_is_told(client, diary):
    make_absence(at(0), at(23), practitioner=diary.alma)

    assert why(client.get("/?du=2026-03-02"))[MONDAY] == "Absent ce jour-là"


def test_an_empty_week_offers_the_next_time(client, diary):
    make_absence(at(0), at(23), practitioner=diary.alma)

    page = client.get("/").content.decode()

    assert "Prochain rendez-vous" in page
    assert "lundi 9\u00a0mars à 9\u00a0h" in page


def test_the_first_free_time_is_one_click_away(client, diary):
    diary.book(at(9))

    first = client.get("/").context["page"].first

    assert (first.start, first.practitioner) == (at(9, 30), diary.alma)


def test_two_free_at_the_same_time_are_one_time(client, diary):
    hugo = make_practitioner(diary.site, first_name="Hugo", last_name="Lenglet", position=1)
    make_hours(hugo, diary.site, 9, 17)
    diary.reason.offers.create(practitioner=hugo)

    monday = client.get("/").context["page"].week.days[0]

    assert [time.practitioner_name for time in monday.times][:2] == ["Dr Hugo Lenglet", "Dr Hugo Lenglet"]
    assert len({time.start for time in monday.times}) == len(monday.times) == 16


def test_reasons_of_known_patients_are_shown_closed_to_new_ones(client, diary):
    diary.reason.bookable_by = "known"
    diary.reason.save()

    page = client.get("/").content.decode()

    assert "ne prend plus de nouveaux patients en ligne" in page
    assert 'name="start"' not in page
    assert 'name="start"' in client.get("/?connu=oui").content.decode()


def test_reasons_by_telephone_only_give_the_number(client, diary):
    make_reason(diary.alma, name="Urgence du jour", bookable_by="staff")

    page = client.get("/").content.decode()

    assert "Par téléphone seulement\u00a0: Urgence du jour." in page


def test_the_telephone_and_the_emergency_sentence_are_on_every_page(client, diary):
    pages = ["/", "/mes-rendez-vous/", "/accessibilite/", "/donnees-personnelles/", "/mentions-legales/"]

    texts = [client.get(page).content.decode() for page in pages]

    assert [("tel:+33320000001" in text, "Urgence vitale\u00a0: appelez le 15" in text) for text in texts] == [(True, True)] * len(pages)


def test_an_empty_cabinet_says_that_booking_is_not_open_yet(client, cabinet):
    assert "La réservation en ligne n’est pas encore ouverte." in client.get("/").content.decode()


def test_practical_information_is_shown_under_its_heading(client, diary):
    PracticalNote.objects.create(kind="prices", label="Consultation", value="30\u00a0€")

    assert "<dt>Consultation</dt><dd>30\u00a0€</dd>" in client.get("/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_visits(client, diary, django_assert_max_num_queries):
    client.get("/")
    for start in (at(9), at(9, 30), at(10), at(10, 30)):
        diary.book(start)
    client.get("/")

    with django_assert_max_num_queries(30):
        client.get("/")
