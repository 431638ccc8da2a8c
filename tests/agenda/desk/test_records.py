"""The first page of a record, with the visits that the diary tells of."""

from datetime import date

from agenda.scheduling import cancel_appointment
from medidesk.audit.models import RecordRead
from patients.models import Patient
from tests.agenda.diary import PATIENT, at, make_patient


def record(client, patient):
    return client.get(f"/patients/{patient.id}").content.decode()


def identity(patient, **changes):
    values = {
        "birth_name": "Haddad", "used_name": "", "first_names": "Nour", "birth_date_0": "17", "birth_date_1": "05", "birth_date_2": "1990",
        "sex": "F", "phone": "", "email": "nour@patients.example", "preferred_channel": "email", "version": patient.version,
    }  # fmt: skip
    return values | changes


def test_record_says_who_it_is(desk, diary):
    html = record(desk, diary.nour)

    assert "<h1>HADDAD Nour</h1>" in html
    assert "17/05/1990</span> · 35 ans" in html


def test_record_lists_past_and_coming_visits(desk, diary):
    diary.book(at(11))
    cancelled = diary.book(at(10))
    cancel_appointment(appointment_id=cancelled.id, by="patient", reason="grippe", actor=PATIENT, now=at(9))

    html = record(desk, diary.nour)

    assert html.index("À venir") < html.index("11\u00a0h\u00a000") < html.index("Aujourd’hui et avant") < html.index("grippe")


def test_reading_a_record_is_in_the_trail(desk, diary, basile):
    record(desk, diary.nour)

    assert list(RecordRead.objects.values_list("reader", "subject_kind", "subject_id")) == [(basile.id, "patient", str(diary.nour.id))]


def test_notes_are_kept(desk, diary):
    desk.post(f"/patients/{diary.nour.id}/notes", {"administrative_notes": "Vient avec sa mère", "version": 1})

    assert "Vient avec sa mère" in record(desk, diary.nour)


def test_notes_written_over_a_newer_version_are_refused_and_not_lost(desk, diary):
    desk.post(f"/patients/{diary.nour.id}/notes", {"administrative_notes": "Un", "version": 1})

    answer = desk.post(f"/patients/{diary.nour.id}/notes", {"administrative_notes": "Deux", "version": 1})

    assert answer.status_code == 412
    assert "Deux" in answer.content.decode()
    assert Patient.objects.get(pk=diary.nour.pk).administrative_notes == "Un"


def test_identity_is_changed(desk, diary):
    desk.post(f"/patients/{diary.nour.id}/identite", identity(diary.nour, used_name="Martin", phone="06 39 98 00 12"))

    nour = Patient.objects.get(pk=diary.nour.pk)
    assert (nour.name, nour.phone, nour.birth_date, nour.version) == ("MARTIN Nour", "+33639980012", date(1990, 5, 17), 2)


def test_impossible_identity_is_explained(desk, diary):
    answer = desk.post(f"/patients/{diary.nour.id}/identite", identity(diary.nour, birth_name="", birth_date_1="15", phone="12"))

    assert answer.status_code == 422
    assert "Saisissez la date de naissance, par exemple 11 04 1987." in answer.content.decode()
    assert "Saisissez un nom, de naissance ou utilisé." in answer.content.decode()


def test_wrong_phone_is_said_beside_its_field(desk, diary):
    answer = desk.post(f"/patients/{diary.nour.id}/identite", identity(diary.nour, phone="12"))

    assert 'href="#id_phone">Ce numéro de téléphone n’est pas valable.' in answer.content.decode()


def test_provisional_file_is_checked_by_the_cabinet(desk, diary):
    somebody = make_patient(birth_name="Durand", provisional=True)
    assert "Fiche provisoire" in record(desk, somebody)

    desk.post(f"/patients/{somebody.id}/verifiee")

    assert "Fiche provisoire" not in record(desk, somebody)


def test_patients_are_found_on_their_page(desk, diary):
    html = desk.get("/patients/?q=nour").content.decode()

    assert f'href="/patients/{diary.nour.id}"' in html
    assert "1 patient<" in html


def test_nobody_found_is_said(desk, diary):
    assert "Personne ne correspond" in desk.get("/patients/?q=zzz").content.decode()


def test_file_that_does_not_exist(desk, diary):
    assert desk.get("/patients/00000000-0000-0000-0000-000000000000").status_code == 404
