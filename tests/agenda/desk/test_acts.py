"""Statuses, undo, cancelling, moving, conflicts and requests at the desk."""

import pytest

from agenda.desk.numbers import number_of
from agenda.models import Appointment
from agenda.scheduling import import_visit
from tests.agenda.diary import NOW, PLATFORM, at, make_patient, make_reason

SCRIPT = {"x-part": "act"}


@pytest.fixture
def visit(diary):
    """Nour at ten."""
    return diary.book(at(10))


def post(client, visit, act, headers=SCRIPT, **fields):
    return client.post(f"/agenda/rendez-vous/{visit.id}/{act}", fields, headers=headers)


def now_is(visit):
    return Appointment.objects.get(pk=visit.pk)


def test_arrival_is_told_with_an_undo(desk, visit):
    answer = post(desk, visit, "statut", statut="arrived")

    assert now_is(visit).status == "arrived"
    assert answer.json() == {
        "message": "HADDAD Nour\u00a0: arrivée notée.", "undo": {"url": f"/agenda/rendez-vous/{visit.id}/reprendre", "times": 1},
        "day": "2026-03-02", "number": number_of(visit.id),
    }  # fmt: skip


@pytest.mark.parametrize("status", ["in_consultation", "completed"])
def test_calling_in_notes_the_arrival_and_undoes_both(desk, visit, status):
    answer = post(desk, visit, "statut", statut=status).json()
    assert (now_is(visit).status, now_is(visit).arrived_at) == (status, at(9, 31))

    post(desk, visit, "reprendre", fois=answer["undo"]["times"])

    assert (now_is(visit).status, now_is(visit).arrived_at) == ("confirmed", None)


def test_status_that_is_not_allowed_is_refused_in_words(desk, visit):
    post(desk, visit, "statut", statut="no_show")

    answer = post(desk, visit, "statut", statut="completed")

    assert (answer.status_code, answer.json()) == (409, {"message": "Le statut actuel du rendez-vous ne le permet pas."})


def test_without_scripts_an_act_leads_back_to_the_day(desk, visit):
    answer = post(desk, visit, "statut", headers={}, statut="arrived")

    assert (answer.status_code, answer.url) == (302, "/agenda/jour/2026-03-02")
    assert "arrivée notée" in desk.get(answer.url).content.decode()


def test_without_scripts_a_refusal_leads_back_to_the_visit(desk, visit):
    answer = post(desk, visit, "reprendre", headers={})

    assert answer.url == f"/agenda/rendez-vous/{visit.id}"
    assert "Il n’y a rien à reprendre." in desk.get(answer.url).content.decode()


def test_cancelling_keeps_who_and_why(desk, visit):
    post(desk, visit, "annuler", par="cabinet", raison="absence")

    cancelled = now_is(visit)
    assert (cancelled.status, cancelled.cancelled_by, cancelled.cancellation_reason) == ("cancelled", "cabinet", "absence")


def test_undoing_a_cancellation(desk, visit):
    post(desk, visit, "annuler", par="patient")

    post(desk, visit, "reprendre")

    assert now_is(visit).status == "confirmed"


def test_request_is_accepted(desk, diary):
    visit = diary.book(at(10), visit_reason_id=make_reason(diary.alma, needs_validation=True).id)

    post(desk, visit, "statut", statut="confirmed")

    assert now_is(visit).status == "confirmed"


def test_visit_page_tells_its_story(desk, visit):
    post(desk, visit, "statut", statut="arrived")

    html = desk.get(f"/agenda/rendez-vous/{visit.id}").content.decode()

    assert html.index("Arrivée notée") < html.index("Rendez-vous pris")
    assert "le patient" in html


def test_dialog_is_the_part_alone(desk, visit):
    html = desk.get(f"/agenda/rendez-vous/{visit.id}", headers={"x-part": "dialog"}).content.decode()

    assert "<html" not in html
    assert 'id="dialog-title"' in html


def test_move_by_the_fields(desk, diary, visit):
    answer = post(desk, visit, "deplacer", practitioner=diary.alma.id, date="2026-03-02", time="11:00", version=1)

    assert now_is(visit).start == at(11)
    assert answer.json()["undo"]["times"] == 1


def test_move_by_an_offered_time(desk, diary, visit):
    post(desk, visit, "deplacer", offered=f"{diary.alma.id}|{at(11, 30).isoformat()}|")

    assert now_is(visit).start == at(11, 30)


def test_move_offers_the_next_free_times(desk, visit):
    html = desk.get(f"/agenda/rendez-vous/{visit.id}/deplacer").content.decode()

    assert html.count('class="offered-time"') == 6


def test_move_against_a_rule_says_why_and_offers_to_insist(desk, diary, visit):
    fields = {"practitioner": diary.alma.id, "date": "2026-03-02", "time": "13:00"}
    answer = post(desk, visit, "deplacer", **fields)

    assert answer.status_code == 422
    assert "En dehors des horaires d’ouverture pour ce motif." in answer.content.decode()
    assert "Insister et déplacer" in answer.content.decode()

    post(desk, visit, "deplacer", **fields, insist="Elle vient de loin")
    moved = now_is(visit)
    assert (moved.start, moved.lane, moved.insist_reason) == (at(13), "extra", "Elle vient de loin")


def test_move_of_a_visit_that_changed_meanwhile_is_refused(desk, diary, visit):
    post(desk, visit, "statut", statut="no_show")
    post(desk, visit, "reprendre")

    answer = post(desk, visit, "deplacer", practitioner=diary.alma.id, date="2026-03-02", time="11:00", version=1)

    assert answer.status_code == 412


def test_undone_move(desk, diary, visit):
    post(desk, visit, "deplacer", practitioner=diary.alma.id, date="2026-03-02", time="11:00")

    post(desk, visit, "reprendre")

    assert now_is(visit).start == at(10)


@pytest.fixture
def clash(diary, visit):
    """A visit that a platform says exists at ten too."""
    return import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10, 30), actor=PLATFORM, source="doctolib", origin="c", now=NOW,
        visit_reason_id=diary.reason.id, patient_id=make_patient(birth_name="Colin").id,
    )  # fmt: skip


def test_conflict_shows_both_claims_and_three_times_each(desk, clash):
    html = desk.get(f"/agenda/rendez-vous/{clash.id}/conflit").content.decode()

    assert "HADDAD Nour" in html
    assert "COLIN Nour" in html
    assert html.count('class="offered-time"') == 6


def test_moving_either_claim_settles_the_conflict(desk, diary, visit, clash):
    post(desk, clash, "conflit", visite=visit.id, horaire=f"{diary.alma.id}|{at(11).isoformat()}|")

    assert (now_is(visit).start, now_is(clash).lane) == (at(11), "normal")


def test_both_claims_are_kept_with_a_motive(desk, clash):
    post(desk, clash, "conflit", insister="Deux jumeaux")

    assert (now_is(clash).lane, now_is(clash).insist_reason) == ("extra", "Deux jumeaux")


def test_conflict_needs_a_choice(desk, clash):
    answer = post(desk, clash, "conflit")

    assert (answer.status_code, now_is(clash).lane) == (400, "conflict")


def test_journal_names_the_person_at_the_desk(desk, visit):
    post(desk, visit, "statut", statut="arrived")

    assert visit.journal.order_by("-id").first().by == "Basile Vandamme"
