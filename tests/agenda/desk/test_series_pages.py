"""Series, families, care paths and exchanges at the desk, without scripts."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment, Bundle, Series
from tests.agenda.diary import MONDAY, at, make_hours, make_patient, make_practitioner

WEEK = timedelta(days=7)
NEW, GROUP = "/agenda/series/nouvelle", "/agenda/groupes/nouveau"
SCRIPT = {"x-part": "act"}


@pytest.fixture
def ali(diary):
    return make_patient(first_names="Ali")


def fields(diary, **changes):
    values = {
        "etape": "voir", "patient": diary.nour.id, "motif": diary.reason.id, "praticien": diary.alma.id, "jours": [0], "heure": "10:00",
        "du": "2026-03-02", "nombre": 3, "rythme": 1,
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def rows(diary, *patients, **changes):
    values = {
        "etape": "voir", "genre": "family", "ordre": "in_turn", "du": "2026-03-02", "au": "2026-03-02", "au_moins": 0, "au_plus": 30,
        "unite": 1,
    }  # fmt: skip
    for n, patient in enumerate(patients):
        values |= {f"r{n}-patient": patient.id if patient else "", f"r{n}-motif": diary.reason.id}
    return values | changes


def words(html):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("\u00a0", " ")))
    return text


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_series_is_begun_from_a_visit(desk, diary):
    visit = diary.book(at(11))

    html = desk.get(f"{NEW}?visite={visit.id}").content.decode()

    assert f'value="{diary.nour.id}" checked' in html
    assert 'value="11:00"' in html
    assert 'value="2026-03-03"' in html
    assert f'href="{NEW}?visite={visit.id}"' in desk.get(f"/agenda/rendez-vous/{visit.id}").content.decode()


def test_patients_are_searched_by_post_and_what_was_typed_stays(desk, diary):
    html = desk.post(NEW, fields(diary, etape="choix", q="had", patient=None)).content.decode()

    assert f'name="patient" value="{diary.nour.id}" checked' in html
    assert 'value="10:00"' in html
    assert 'name="jours" value="0" class' in html or re.search(r'name="jours" value="0"[^>]*checked', html)


def test_the_preview_says_each_time_and_books_nothing(desk, diary, ali):
    diary.book(at(10, day=MONDAY + WEEK), patient_id=ali.id)

    text = words(desk.post(NEW, fields(diary)).content.decode())

    assert "2 séances possibles sur 3" in text
    assert "Lundi 9 mars à 10 h Cet horaire vient d’être pris." in text
    assert Appointment.objects.count() == 1


def test_what_is_chosen_is_booked_and_reported(desk, diary, ali):
    diary.book(at(10, day=MONDAY + WEEK), patient_id=ali.id)
    chosen = {
        "debut_1": at(10).isoformat(), "debut_2": at(10, 30, day=MONDAY + WEEK).isoformat(), "debut_3": "",
    }  # fmt: skip

    answer = desk.post(NEW, fields(diary, etape="reserver", **chosen))

    series = Series.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/agenda/series/{series.id}")
    assert list(Appointment.objects.filter(patient=diary.nour).order_by("start").values_list("start", "source", "booked_by")) == [
        (at(10), "phone", "Basile Vandamme"), (at(10, 30, day=MONDAY + WEEK), "phone", "Basile Vandamme"),
    ]  # fmt: skip
    text = words(desk.get(answer.url).content.decode())
    assert "HADDAD Nour : 2 séances prévues sur 2." in text
    assert "2 séances prévues sur 2" in text


def test_a_time_is_taken_all_the_same_with_a_reason(desk, diary, ali):
    diary.book(at(10), patient_id=ali.id)

    desk.post(NEW, fields(diary, etape="reserver", debut_1=at(10).isoformat(), insister="Douleur"))

    assert Appointment.objects.get(patient=diary.nour).insist_reason == "Douleur"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"patient": None}, "Choisissez un patient."),
        ({"nombre": 500}, "Une série compte 52 séances au plus."),
        ({"jours": []}, "Choisissez au moins un jour."),
        ({"heure": ""}, "Saisissez l’heure."),
        ({"du": "2031-01-01"}, "Une série s’étend sur deux ans au plus."),
        ({"du": "9998-12-31"}, "Entre 1970 et 5000."),
        ({"etape": "reserver"}, "Choisissez au moins une heure."),
        ({"etape": "reserver", "debut_1": "2026-03-09T08:00:00+01:00"}, "En dehors des horaires"),
    ],
)
def test_what_is_wrong_is_said(desk, diary, changes, said):
    answer = desk.post(NEW, fields(diary, **changes))

    assert answer.status_code == 422
    assert said in words(answer.content.decode())
    assert Series.objects.count() == 0


def booked_series(desk, diary, count=3):
    starts = {f"debut_{n + 1}": at(10, day=MONDAY + n * WEEK).isoformat() for n in range(count)}
    desk.post(NEW, fields(diary, etape="reserver", nombre=count, **starts))
    return Series.objects.latest("created_at")


def test_a_visit_says_its_place_in_the_series(desk, diary):
    series = booked_series(desk, diary)
    second = series.occurrences.get(number=2).appointment

    html = desk.get(f"/agenda/rendez-vous/{second.id}").content.decode()

    assert f'<a href="/agenda/series/{series.id}">Séance 2 sur 3</a>' in html


def test_the_rest_is_cancelled(desk, diary):
    series = booked_series(desk, diary)

    answer = desk.post(f"/agenda/series/{series.id}/annuler", {"premiere": "2", "par": "cabinet", "raison": "Fin"})

    assert [one.appointment.status for one in series.occurrences.all()] == ["confirmed", "cancelled", "cancelled"]
    assert "2 rendez-vous annulés" in words(desk.get(answer.url).content.decode())
    again = desk.post(f"/agenda/series/{series.id}/annuler", {"premiere": "2"})
    assert "Il ne reste aucun rendez-vous à annuler." in words(desk.get(again.url).content.decode())


def test_one_more_is_added(desk, diary):
    series = booked_series(desk, diary)

    desk.post(f"/agenda/series/{series.id}/ajouter", {"date": "2026-03-23", "heure": "09:00"})
    taken = desk.post(f"/agenda/series/{series.id}/ajouter", {"date": "2026-03-23", "heure": "09:00"})

    assert series.occurrences.count() == 4
    assert "Cet horaire vient d’être pris." in words(desk.get(taken.url).content.decode())


def test_pages_ask_a_fixed_number_of_queries(desk, diary):
    short, long = booked_series(desk, diary, 2), booked_series(desk, diary, 10)

    desk.get(f"/agenda/series/{short.id}")  # the message of the booking is shown once
    assert queries(desk, f"/agenda/series/{short.id}") == queries(desk, f"/agenda/series/{long.id}")


def test_another_practitioner_s_series_is_not_there(practitioner_desk, desk, diary):
    other = make_practitioner(diary.site, first_name="Paul")
    make_hours(other, diary.site)
    diary.reason.offers.create(practitioner=other)
    starts = {"debut_1": at(10).isoformat()}
    desk.post(NEW, fields(diary, etape="reserver", praticien=other.id, **starts))
    series = Series.objects.get()

    address = f"/agenda/series/{series.id}"
    assert [practitioner_desk.get(address).status_code, practitioner_desk.post(f"{address}/annuler").status_code] == [404, 404]
    assert practitioner_desk.post(NEW, fields(diary, praticien=other.id)).status_code == 422


def test_a_family_finds_its_place_and_takes_it(desk, diary, ali):
    html = desk.post(GROUP, rows(diary, diary.nour, ali)).content.decode()
    values = re.findall(r'name="offre" value="([^"]+)"', html)

    answer = desk.post(GROUP, rows(diary, diary.nour, ali, etape="reserver", offre=values[0]))

    assert len(values) == 3
    bundle = Bundle.objects.get()
    assert answer.url == f"/agenda/groupes/{bundle.id}"
    assert [(one.appointment.patient_id, one.appointment.start) for one in bundle.members.all()] == [
        (diary.nour.id, at(10)), (ali.id, at(10, 30)),
    ]  # fmt: skip
    text = words(desk.get(answer.url).content.decode())
    assert "2 rendez-vous pris ensemble." in text
    assert "HADDAD Ali" in text


def test_patients_of_a_family_are_searched_in_each_row(desk, diary, ali):
    html = desk.post(GROUP, rows(diary, etape="choix") | {"r1-q": "haddad ali"}).content.decode()

    assert f'<option value="{ali.id}">HADDAD Ali, 17/05/1990</option>' in html


def test_a_care_path_is_for_the_patient_of_the_first_row(desk, diary):
    html = desk.post(GROUP, rows(diary, diary.nour, None, genre="care_path", au="2026-03-16", au_moins=6, au_plus=8, unite=1440)).content

    [first] = re.findall(r"Lundi 2\xa0mars à 10\xa0h, Dr Alma Delcourt</span><span>Lundi 9\xa0mars à 9\xa0h", html.decode())
    assert first


def test_when_one_is_taken_meanwhile_nothing_remains(desk, diary, ali):
    html = desk.post(GROUP, rows(diary, diary.nour, ali)).content.decode()
    [value, *_others] = re.findall(r'name="offre" value="([^"]+)"', html)
    diary.book(at(10, 30), patient_id=make_patient(first_names="Zoé").id)

    answer = desk.post(GROUP, rows(diary, diary.nour, ali, etape="reserver", offre=value))

    assert (answer.status_code, Bundle.objects.count(), Appointment.objects.count()) == (409, 0, 1)
    assert "Rendez-vous 2 : Cet horaire vient d’être pris." in words(answer.content.decode())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"r1-motif": ""}, "Remplissez au moins deux lignes"),
        ({"r0-patient": ""}, "Ligne 1 : choisissez un patient."),
        ({"r1-patient": "7"}, "Ligne 2 : choisissez le patient parmi ceux qui sont trouvés."),
        ({"au": "2026-09-01"}, "92 jours au plus"),
        ({"au_moins": 60}, "L’écart le plus grand"),
    ],
)
def test_what_is_wrong_with_a_family_is_said(desk, diary, ali, changes, said):
    answer = desk.post(GROUP, rows(diary, diary.nour, ali, **changes))

    assert answer.status_code == 422
    assert said in words(answer.content.decode())


def test_a_whole_family_is_cancelled(desk, diary, ali):
    html = desk.post(GROUP, rows(diary, diary.nour, ali)).content.decode()
    desk.post(GROUP, rows(diary, diary.nour, ali, etape="reserver", offre=re.findall(r'name="offre" value="([^"]+)"', html)[0]))
    bundle = Bundle.objects.get()

    desk.post(f"/agenda/groupes/{bundle.id}/annuler", {"par": "patient"})

    assert {one.status for one in Appointment.objects.all()} == {"cancelled"}


def test_two_visits_are_exchanged_and_taken_back(desk, diary, ali):
    first, second = diary.book(at(10)), diary.book(at(11), patient_id=ali.id)
    address = f"/agenda/rendez-vous/{first.id}/echanger"
    assert f'value="{second.id}"' in desk.get(address, headers=SCRIPT).content.decode()

    answer = desk.post(address, {"avec": second.id}, headers=SCRIPT).json()

    assert answer["message"] == "HADDAD Nour et HADDAD Ali ont échangé leurs horaires."
    assert "Échangé avec un autre rendez-vous" in desk.get(f"/agenda/rendez-vous/{second.id}").content.decode()
    desk.post(answer["undo"]["url"], {"fois": answer["undo"]["times"]}, headers=SCRIPT)
    assert Appointment.objects.get(pk=second.pk).start == at(11)


def test_an_exchange_that_is_refused_says_why(desk, diary, ali):
    first, second = diary.book(at(10)), diary.book(at(11), patient_id=ali.id)
    diary.hours.end_minute = 11 * 60
    diary.hours.save()

    answer = desk.post(f"/agenda/rendez-vous/{first.id}/echanger", {"avec": second.id}, headers=SCRIPT)

    assert answer.status_code == 422
    assert "Insister et échanger" in answer.content.decode()
    insisted = desk.post(f"/agenda/rendez-vous/{first.id}/echanger", {"avec": second.id, "insister": "Convenu"}, headers=SCRIPT)
    assert insisted.status_code == 200
