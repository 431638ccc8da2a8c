"""The desk on missed visits: what it shows, excusing, reopening, answering."""

import pytest

from agenda.desk.online_booking import contests
from agenda.free_times.online_closing import standing_of
from agenda.missed_visits import contest_closing
from agenda.models import ClosingReview, MissedVisitExcuse
from tests.agenda.diary import NOW, STAFF, at, make_patient
from tests.agenda.missed import miss, miss_times, switch_on

UNTIL = "Réservation en ligne fermée jusqu’au samedi 23\u00a0mai inclus (3 rendez-vous manqués)."


@pytest.fixture
def missed(diary):
    """Nour has missed three visits."""
    switch_on()
    return miss_times(diary, 3)


def address(diary, act=""):
    return f"/agenda/patients/{diary.nour.id}/reservation-en-ligne{act}"


def page(client, diary):
    return client.get(address(diary)).content.decode()


def test_page_says_where_the_patient_stands(desk, diary, missed):
    html = page(desk, diary)

    assert UNTIL in html
    assert html.count("Excuser cette absence") == 3


def test_page_of_somebody_who_comes(desk, diary):
    assert "La réservation en ligne est ouverte." in page(desk, diary)


def test_record_says_it_at_its_head(desk, diary, missed):
    html = desk.get(f"/patients/{diary.nour.id}").content.decode()

    assert UNTIL in html
    assert "Rouvrir la réservation en ligne" in html


def test_record_of_somebody_who_comes_says_nothing(desk, diary):
    assert "record-notices" not in desk.get(f"/patients/{diary.nour.id}").content.decode()


def test_missed_visit_says_it_and_offers_the_excuse(desk, diary, missed):
    html = desk.get(f"/agenda/rendez-vous/{missed[0].id}").content.decode()

    assert UNTIL in html
    assert "Excuser cette absence" in html


def test_other_visits_say_nothing_of_it(desk, diary, missed):
    assert "rendez-vous manqué" not in desk.get(f"/agenda/rendez-vous/{diary.book(at(11), actor=STAFF).id}").content.decode()


def test_excusing_from_the_page(desk, diary, missed):
    answer = desk.post(f"/agenda/rendez-vous/{missed[0].id}/excuser", {"motif": "Grippe"}, follow=True)

    assert "Absence excusée" in answer.content.decode()
    assert (MissedVisitExcuse.objects.get().by, standing_of(diary.nour.id, NOW).missed) == ("Basile Vandamme", 2)


def test_excusing_from_the_dialog_answers_in_json(desk, diary, missed):
    answer = desk.post(f"/agenda/rendez-vous/{missed[0].id}/excuser", {"motif": "Grippe"}, headers={"X-Part": "1"})

    assert answer.json()["message"].startswith("Absence excusée")


def test_counting_it_again(desk, diary, missed):
    excuse = f"/agenda/rendez-vous/{missed[0].id}/excuser"
    desk.post(excuse, {"motif": "Grippe"})

    desk.post(excuse, {"reprendre": "1"})

    assert standing_of(diary.nour.id, NOW).missed == 3


def test_excuse_without_words_is_refused_on_the_page(desk, diary, missed):
    answer = desk.post(f"/agenda/rendez-vous/{missed[0].id}/excuser", {"motif": " "})

    assert answer.status_code == 422
    assert "Dites pourquoi" in answer.content.decode()


def test_reopening(desk, diary, missed):
    answer = desk.post(address(diary, "/rouvrir"), {"motif": "Erreur"}, follow=True)

    assert "La réservation en ligne est rouverte." in answer.content.decode()
    assert not standing_of(diary.nour.id, NOW).holds


def test_reopening_what_is_open_is_refused(desk, diary):
    assert desk.post(address(diary, "/rouvrir"), {"motif": "Erreur"}).status_code == 409


def test_a_contest_is_on_the_worklist_until_it_is_answered(desk, diary, missed):
    contest_closing(appointment_id=missed[2].id, text="J’avais prévenu <b>", now=NOW)
    assert "Conteste\u00a0: HADDAD Nour" in desk.get("/agenda/a-traiter").content.decode()
    assert "J’avais prévenu &lt;b&gt;" in page(desk, diary)

    desk.post(address(diary, "/refuser"), {"motif": "Trois fois"})

    assert ClosingReview.objects.get().decision == "kept"
    assert "Conteste" not in desk.get("/agenda/a-traiter").content.decode()


def test_a_contest_whose_closing_has_ended_is_no_longer_to_be_answered(desk, diary, missed):
    contest_closing(appointment_id=missed[2].id, text="Erreur", now=NOW)
    miss(diary, NOW.date().replace(day=2), now=at(9, 20))

    assert "Conteste" not in desk.get("/agenda/a-traiter").content.decode()


def test_worklist_asks_as_much_for_one_contest_as_for_many(desk, diary, django_assert_max_num_queries):
    switch_on()
    for n in range(3):
        patient = make_patient(birth_name=f"Patient{n}")
        visits = [miss(diary, day, hour=9 + n % 3, patient_id=patient.id) for day in (NOW.date().replace(month=2, day=d) for d in (9, 16))]
        contest_closing(appointment_id=visits[-1].id, text="Erreur", now=NOW)

    with django_assert_max_num_queries(3):
        assert len(contests(NOW)) == 3


def test_telesecretary_sees_and_decides_nothing(telesecretary_desk, diary, missed):
    assert "Excuser cette absence" not in page(telesecretary_desk, diary)
    assert telesecretary_desk.post(address(diary, "/rouvrir"), {"motif": "x"}).status_code == 404


def test_somebody_unknown_is_404(desk, diary):
    assert desk.get(f"/agenda/patients/{diary.alma.id}/reservation-en-ligne").status_code == 404
