"""Booking at the desk: on the phone, at the door, with scripts and without."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from agenda.models import Appointment, Hold
from patients.models import Patient
from tests.agenda.diary import MONDAY, STAFF, at, make_hours, make_patient, make_practitioner, make_reason

NEW = "/agenda/rendez-vous/nouveau"
SCRIPT = {"x-part": "act"}


def time_of(diary, start):
    return f"{diary.alma.id}|{start.isoformat()}|{diary.site.id}"


def fields(diary, **changes):
    values = {"source": "phone", "patient": diary.nour.id, "motif": diary.reason.id, "horaire": time_of(diary, at(11))}
    return {name: value for name, value in (values | changes).items() if value is not None}


def hold(client, diary, start, **more):
    return client.post("/agenda/horaires-gardes", {"motif": diary.reason.id, "horaire": time_of(diary, start), **more}, headers=SCRIPT)


def times(html):
    return re.findall(r'<time datetime="([^"]+)">', html)


def test_patients_are_found_as_one_types(desk, diary):
    html = desk.get("/agenda/patients/search?q=had 17/05").content.decode()

    assert "<mark>HAD</mark>DAD" in html
    assert "17/05/1990</span>, 35 ans" in html


def test_number_of_queries_of_the_search_is_fixed(desk, diary, django_assert_max_num_queries):
    for n in range(10):
        make_patient(first_names=f"Nour{n}")

    with django_assert_max_num_queries(8):
        desk.get("/agenda/patients/search?q=haddad")


def test_next_times_are_spread_over_practitioners_and_days(desk, diary):
    other = make_practitioner(diary.site, first_name="Paul", last_name="Autre", position=1)
    make_hours(other, diary.site)
    diary.reason.offers.create(practitioner=other)

    html = desk.get(NEW).content.decode()

    assert times(html)[:4] == [at(10).isoformat(), at(10).isoformat(), at(10, 30).isoformat(), at(10, 30).isoformat()]
    assert times(html)[4].startswith("2026-03-09")


def test_sentence_to_read_aloud(desk, diary):
    html = desk.get(NEW).content.decode()

    assert "«\u00a0Je vous propose aujourd’hui à 10\u00a0h avec le Dr\u00a0Delcourt. Cela vous convient\u00a0?\u00a0»" in html


def test_instruction_of_the_reason_is_shown(desk, diary):
    diary.reason.instruction = "Fièvre : appelez le 15."
    diary.reason.save()

    assert "Fièvre : appelez le 15." in desk.get(f"/agenda/rendez-vous/horaires?motif={diary.reason.id}").content.decode()


def test_booking_on_the_phone(desk, diary):
    answer = desk.post(NEW, fields(diary), headers=SCRIPT)

    visit = Appointment.objects.get()
    assert (visit.start, visit.source, visit.booked_by, visit.lane) == (at(11), "phone", "Basile Vandamme", "normal")
    assert answer.json()["message"] == "HADDAD Nour\u00a0: rendez-vous pris lundi 2\u00a0mars à 11\u00a0h, Dr Alma Delcourt."


def test_booking_without_scripts_leads_to_the_day(desk, diary):
    assert desk.post(NEW, fields(diary)).url == "/agenda/jour/2026-03-02"


def test_new_patient_is_registered_on_the_way(desk, diary):
    person = {"last_name": "Durand", "first_names": "Léa", "birth_date": "12031990", "phone": "06 39 98 00 77"}

    desk.post(NEW, fields(diary, patient="new", **person), headers=SCRIPT)

    lea = Patient.objects.get(birth_name="Durand")
    assert (lea.birth_date, lea.phone, Appointment.objects.get().patient) == (date(1990, 3, 12), "+33639980077", lea)


def test_person_who_is_known_is_not_registered_twice(desk, diary):
    diary.nour.phone = "+33639980012"
    diary.nour.save()
    person = {"last_name": "HADDAD", "first_names": "nour", "birth_date": "17/05/1990", "phone": "0639980012"}

    desk.post(NEW, fields(diary, patient="new", **person), headers=SCRIPT)

    assert Appointment.objects.get().patient == diary.nour


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patient": None}, "Choisissez un patient, ou créez sa fiche."),
        ({"horaire": "demain"}, "Choisissez un horaire."),
        ({"patient": "new", "last_name": "", "first_names": "Léa"}, "Saisissez le nom."),
        ({"patient": "new", "last_name": "D", "first_names": "L", "phone": "12"}, "Ce numéro de téléphone n’est pas valable."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(desk, diary, changes, words):
    answer = desk.post(NEW, fields(diary, note="Fauteuil roulant", **changes), headers=SCRIPT)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Fauteuil roulant"' in answer.content.decode()
    assert not Appointment.objects.exists()


def test_time_against_a_rule_wants_insistence(desk, diary):
    late = time_of(diary, at(13))
    answer = desk.post(NEW, fields(diary, horaire=late), headers=SCRIPT)
    assert answer.status_code == 422
    assert "Insister et confirmer" in answer.content.decode()

    desk.post(NEW, fields(diary, horaire=late, insister="Urgence"), headers=SCRIPT)

    assert (Appointment.objects.get().lane, Appointment.objects.get().insist_reason) == ("extra", "Urgence")


def test_warnings_do_not_stop_the_desk_and_are_said(desk, diary):
    diary.reason.one_upcoming = True
    diary.reason.save()
    diary.book(at(10), actor=STAFF, source="phone")

    answer = desk.post(NEW, fields(diary), headers=SCRIPT)

    assert "Ce patient a déjà un rendez-vous à venir pour ce motif." in answer.json()["message"]


def test_reason_that_is_not_offered_cannot_be_insisted_on(desk, diary):
    other = make_practitioner(diary.site, last_name="Autre")
    reason = make_reason(other, name="Autre motif")

    answer = desk.post(NEW, fields(diary, motif=reason.id, insister="oui"), headers=SCRIPT)

    assert answer.status_code == 422
    assert "Insister et confirmer" not in answer.content.decode()


def test_time_pressed_in_the_agenda_comes_first(desk, diary):
    html = desk.get(f"{NEW}?praticien={diary.alma.id}&debut=2026-03-02T11:00").content.decode()

    assert times(html)[:2] == [at(11).isoformat(), at(11, 30).isoformat()]


def test_pressed_time_against_a_rule_says_it(desk, diary):
    html = desk.get(f"{NEW}?praticien={diary.alma.id}&debut=2026-03-02T13:00").content.decode()

    assert "Hors horaires" in html


def test_hold_while_on_the_phone_and_booking_from_it(desk, diary):
    held = hold(desk, diary, at(11))
    assert diary.slots() == ["09:00", "09:30", "10:00", "10:30", "11:30"]

    desk.post(NEW, fields(diary, garde=held.json()["garde"]), headers=SCRIPT)

    assert (Hold.objects.get().state, Appointment.objects.get().start) == ("used", at(11))


def test_hold_that_has_run_out_does_not_stop_the_booking(desk, diary):
    held = hold(desk, diary, at(11))

    with time_machine.travel(at(9, 50), tick=False):
        desk.post(NEW, fields(diary, garde=held.json()["garde"]), headers=SCRIPT)

    assert Appointment.objects.get().start == at(11)


def test_next_hold_of_a_call_gives_the_former_back(desk, diary):
    first = hold(desk, diary, at(11))

    hold(desk, diary, at(11, 30), garde=first.json()["garde"])

    assert diary.slots() == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_closing_the_dialog_gives_the_time_back(desk, diary):
    held = hold(desk, diary, at(11)).json()["garde"]

    answer = desk.post(f"/agenda/horaires-gardes/{held}/rendre", headers=SCRIPT)

    assert (answer.status_code, Hold.objects.get().state) == (204, "released")


def test_taken_time_cannot_be_held(desk, diary):
    diary.book(at(11))

    answer = hold(desk, diary, at(11))

    assert (answer.status_code, answer.json()["message"]) == (409, "Cet horaire vient d’être pris.")


def test_walk_in_is_taken_now_beside_another_visit(desk, diary):
    diary.book(at(9, 30), now=at(8))
    html = desk.get(f"{NEW}?source=walk_in").content.decode()
    now = times(html)[0]
    assert (now, "Déjà pris" in html) == (at(9, 30).isoformat(), True)

    other = make_patient(birth_name="Barbier")
    desk.post(NEW, fields(diary, source="walk_in", patient=other.id, horaire=f"{diary.alma.id}|{now}|"), headers=SCRIPT)

    visit = Appointment.objects.get(patient=other)
    assert (visit.source, visit.lane, visit.insist_reason) == ("walk_in", "extra", "Sans rendez-vous")


def test_other_dates(desk, diary):
    html = desk.get(f"{NEW}?depuis={MONDAY + timedelta(days=14)}").content.decode()

    assert times(html)[0].startswith("2026-03-16T09:00")


def test_page_for_one_patient(desk, diary):
    html = desk.get(f"{NEW}?patient={diary.nour.id}").content.decode()

    assert f'value="{diary.nour.id}" required checked' in html


def test_steps_without_scripts_lose_nothing(desk, diary):
    other = make_reason(diary.alma, name="Autre motif", duration_minutes=60)
    step = {"etape": "choix", "q": "haddad", "patient": diary.nour.id, "motif": other.id, "note": "Fauteuil roulant", "source": "phone"}

    html = desk.post(NEW, step).content.decode()

    assert f'value="{diary.nour.id}" required checked' in html
    assert f'value="{other.id}" checked' in html
    assert 'value="Fauteuil roulant"' in html
    assert times(html)[0] == at(10).isoformat()
    assert not Appointment.objects.exists()
