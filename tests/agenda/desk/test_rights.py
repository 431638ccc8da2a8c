"""Who sees and changes what at the desk."""

import pytest

from agenda.scheduling import change_status
from tests.agenda.desk.pages import DAY, items
from tests.agenda.diary import STAFF, at, make_hours, make_patient, make_practitioner, make_reason

READ = [
    "/agenda/", DAY, "/agenda/semaine", f"{DAY}/feuille", "/agenda/attente", "/agenda/a-traiter",
    "/agenda/changements?du=2026-03-02&au=2026-03-02",
    "/agenda/rendez-vous/{visit}", "/patients/", "/patients/{patient}",
]  # fmt: skip
WRITE = [
    "/agenda/patients/search?q=ha", "/agenda/rendez-vous/nouveau", "/agenda/rendez-vous/horaires", "/agenda/rendez-vous/{visit}/deplacer",
    "/agenda/rendez-vous/{visit}/conflit", "/patients/{patient}/identite",
]  # fmt: skip
POST = ["statut", "reprendre", "annuler", "deplacer", "conflit"]


@pytest.fixture
def visit(diary):
    """Nour at ten, with Alma."""
    return diary.book(at(10))


@pytest.fixture
def colleague(diary):
    """A visit of Nour with somebody else."""
    other = make_practitioner(diary.site, first_name="Paul", last_name="Autre")
    make_hours(other, diary.site)
    reason = make_reason(other, name="Autre motif")
    return diary.book(at(10), practitioner_id=other.id, visit_reason_id=reason.id, patient_id=make_patient(birth_name="Ailleurs").id)


def address(pattern, visit):
    return pattern.format(visit=visit.id, patient=visit.patient_id)


@pytest.mark.parametrize("pattern", READ + WRITE)
def test_stranger_is_led_to_sign_in(client, visit, pattern):
    answer = client.get(address(pattern, visit))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/compte/login/")


@pytest.mark.parametrize("pattern", READ + WRITE)
def test_patient_gets_404(sign_in, nour, visit, pattern):
    assert sign_in(nour).get(address(pattern, visit)).status_code == 404


@pytest.mark.parametrize("pattern", READ + WRITE)
def test_secretary_sees_everything(desk, visit, pattern):
    assert desk.get(address(pattern, visit)).status_code in (200, 204)


@pytest.mark.parametrize("pattern", READ)
def test_telesecretary_sees(telesecretary_desk, visit, pattern):
    assert telesecretary_desk.get(address(pattern, visit)).status_code in (200, 204)


@pytest.mark.parametrize("pattern", WRITE)
def test_telesecretary_has_no_forms(telesecretary_desk, visit, pattern):
    assert telesecretary_desk.get(address(pattern, visit)).status_code == 404


@pytest.mark.parametrize("act", POST)
def test_telesecretary_changes_nothing(telesecretary_desk, visit, act):
    assert telesecretary_desk.post(f"/agenda/rendez-vous/{visit.id}/{act}", {"statut": "arrived"}).status_code == 404


def test_page_of_a_telesecretary_offers_no_act(telesecretary_desk, visit):
    html = telesecretary_desk.get(DAY).content.decode()

    assert "/agenda/rendez-vous/nouveau" not in html
    assert items(html, "free") == []


@pytest.fixture
def chloe_at_home(other_client, other_cabinet, chloe):
    """Chloé's browser, signed in at her own cabinet."""
    with other_cabinet:
        other_client.force_login(chloe)
        session = other_client.session
        session["has-second-factor"] = True
        session.save()
    return other_client


def test_chloe_finds_nothing_of_ours_at_home(chloe_at_home, visit):
    assert chloe_at_home.get(f"/agenda/rendez-vous/{visit.id}").status_code == 404
    assert chloe_at_home.get(f"/patients/{visit.patient_id}").status_code == 404


def test_session_of_chloe_is_worth_nothing_here(client, chloe_at_home, visit):
    client.cookies = chloe_at_home.cookies

    assert client.get(DAY).url.startswith("/compte/login/")


def test_practitioner_sees_one_column(practitioner_desk, visit, colleague):
    html = practitioner_desk.get(DAY).content.decode()

    assert html.count('<section class="column') == 1
    assert "AILLEURS" not in html


def test_practitioner_does_not_see_a_colleague_wait(practitioner_desk, colleague):
    change_status(appointment_id=colleague.id, status="arrived", actor=STAFF, now=at(9))

    assert "AILLEURS" not in practitioner_desk.get("/agenda/attente").content.decode()


@pytest.mark.parametrize("act", ["", *(f"/{one}" for one in POST)])
def test_visit_of_a_colleague_does_not_exist_for_a_practitioner(practitioner_desk, colleague, act):
    answer = practitioner_desk.get if not act else practitioner_desk.post

    assert answer(f"/agenda/rendez-vous/{colleague.id}{act}", {"statut": "arrived"} if act else None).status_code == 404


def test_practitioner_cannot_move_a_visit_to_a_colleague(practitioner_desk, visit, colleague):
    offered = f"{colleague.practitioner_id}|{at(11).isoformat()}|"

    assert practitioner_desk.post(f"/agenda/rendez-vous/{visit.id}/deplacer", {"offered": offered}).status_code == 404


def test_week_of_a_colleague_does_not_exist_for_a_practitioner(practitioner_desk, colleague):
    assert practitioner_desk.get(f"/agenda/semaine?praticien={colleague.practitioner_id}").status_code == 404


def test_record_shows_a_practitioner_the_own_visits_only(practitioner_desk, diary, visit, colleague):
    colleague.patient = diary.nour
    colleague.save()

    html = practitioner_desk.get(f"/patients/{diary.nour.id}").content.decode()

    assert "Consultation, Dr Alma Delcourt" in html
    assert "Autre motif" not in html
