"""Visits of a file: past ones that make patients known, taken times in conflict, nobody written to."""

from datetime import timedelta

import pytest

from agenda.free_times.patient_history import is_known
from agenda.models import Appointment
from agenda.scheduling import cancel_appointment
from integrations.imports import runs
from integrations.imports.errors import MappingIncomplete
from integrations.models import Connection, OutboundChange, PractitionerMapping
from medidesk.messaging.models import Message
from patients.models import Patient
from tests.agenda.diary import STAFF, at, make_practitioner
from tests.integrations.imports.bringing import NOW, VISITS, checked, imported, outcomes

NOUR = "Haddad;Nour;17/05/1990;02/03/2026;10h00;20;Consultation\n"


def test_a_visit_to_come_is_entered_for_the_patient_whom_it_names(diary):
    run = imported("visits", VISITS + NOUR)
    visit = Appointment.objects.get()
    assert outcomes(run) == [(2, "created", "")]
    assert (visit.start, visit.end, visit.patient, visit.practitioner, visit.visit_reason) == (
        at(10), at(10, 20), diary.nour, diary.alma, diary.reason,
    )  # fmt: skip
    assert (visit.status, visit.lane, visit.source, visit.booked_by) == ("confirmed", "normal", "import", "Alma")


def test_a_visit_that_is_over_was_held_and_makes_its_patient_known(diary):
    imported("visits", VISITS + "Haddad;Nour;17/05/1990;03/02/2025;9h;;\n")
    assert Appointment.objects.get().status == "completed"
    assert is_known(diary.nour.id, NOW)


def test_a_taken_time_is_a_conflict(diary):
    diary.book(at(10))
    run = imported("visits", VISITS + "Dupont;Jean;17/05/1980;02/03/2026;10:15;30;\n")
    assert outcomes(run) == [(2, "conflict", "patient-new")]
    assert Appointment.objects.get(source="import").lane == "conflict"


def test_two_visits_at_once_in_the_past_are_history(diary):
    run = imported("visits", VISITS + "Haddad;Nour;17/05/1990;03/02/2025;9h;;\nDupont;Jean;17/05/1980;03/02/2025;9h;;\n")
    assert [outcome for _line, outcome, _code in outcomes(run)] == ["created", "created"]


def test_nobody_is_written_to_and_platforms_close_only_times_to_come(diary):
    Patient.objects.update(phone="+33639980012")
    connection = Connection.objects.create(platform="doctolib", base_url="https://api.example", mode="both")
    PractitionerMapping.objects.create(connection=connection, practitioner=diary.alma, external_id="pra_001")
    imported("visits", VISITS + NOUR + "Haddad;Nour;17/05/1990;03/02/2025;9h;;\n")
    assert list(OutboundChange.objects.values_list("subject", flat=True)) == [Appointment.objects.get(status="confirmed").id]
    assert Message.objects.count() == 0


def test_one_unknown_person_with_several_visits_is_one_new_file(diary):
    lines = "".join(f"Dupont;Jean;17/05/1980;02/03/2026;{hour}h;30;\n" for hour in (9, 10, 11))
    run = imported("visits", VISITS + lines)
    assert outcomes(run) == [(number, "created", "patient-new") for number in (2, 3, 4)]
    assert (run.figures["new_patients"], Patient.objects.count()) == (1, 2)


def test_a_visit_may_be_nobodys(diary):
    assert outcomes(imported("visits", "Date;Heure\n02/03/2026;10:00\n")) == [(2, "created", "no-patient")]


def test_the_cabinets_former_number_finds_the_patient(diary):
    imported("patients", "N° dossier;Nom;Prénom\n 77;Dupont;Jean\n")
    run = imported("visits", "N° dossier;Date;Heure\n77;02/03/2026;10:00\n78;02/03/2026;11:00\n")
    assert outcomes(run) == [(2, "created", ""), (3, "error", "patient-not-known")]
    assert Appointment.objects.get().patient == Patient.objects.get(birth_name="Dupont")


def test_a_second_run_says_so_also_of_visits_cancelled_since(diary):
    imported("visits", VISITS + NOUR)
    cancel_appointment(appointment_id=Appointment.objects.get().id, by="cabinet", reason="", actor=STAFF, now=NOW)
    assert outcomes(imported("visits", VISITS + NOUR)) == [(2, "already", "")]
    assert Appointment.objects.count() == 1


def test_a_visit_that_the_agenda_has_already_is_not_entered_again(diary):
    diary.book(at(10))
    assert outcomes(imported("visits", VISITS + NOUR)) == [(2, "already", "visit-exists")]


def test_visits_that_were_not_held_are_left_aside(diary):
    text = VISITS.replace("Motif", "Statut") + "".join(
        f"Haddad;Nour;17/05/1990;02/03/2026;10h;30;{status}\n" for status in ("Annulé", "Absent non excusé", "Honoré")
    )
    assert outcomes(imported("visits", text)) == [(2, "ignored", "not-held"), (3, "ignored", "not-held"), (4, "created", "")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Haddad;Nour;17/05/1990;02/03;10h00;20;", "date-not-understood"),
        ("Haddad;Nour;17/05/1990;02/03/2026;vers midi;20;", "time-not-understood"),
        ("Haddad;Nour;17/05/1990;02/03/2026;25:00;20;", "time-not-understood"),
        ("Haddad;Nour;17/05/1990;29/03/2026;2h30;20;", "time-does-not-exist"),
        ("Haddad;Nour;17/05/1990;02/03/2026;10h00;long;", "duration-not-understood"),
        ("Haddad;Nour;17/05/1990;02/03/2026;10h00;0;", "duration-not-understood"),
    ],
)
def test_a_wrong_line_says_why(diary, line, code):
    assert outcomes(checked("visits", VISITS + line + "\n")) == [(2, "error", code)]


def test_an_end_before_the_start_is_an_error(diary):
    assert outcomes(checked("visits", "Date;Début;Fin\n02/03/2026;10:00;09:00\n", columns={"date": 0, "time": 1, "end": 2})) == [
        (2, "error", "end-not-possible")
    ]


def test_practitioners_are_recognised_and_the_others_chosen(diary):
    ines = make_practitioner(diary.site, first_name="Inès", last_name="Blin")
    text = "Praticien;Date;Heure\nDr DELCOURT Alma;02/03/2026;9:00\nBlin;02/03/2026;9:00\nX;02/03/2026;9:10\n;02/03/2026;9:10\n"
    run = checked("visits", text)
    assert run.mapping["practitioners"] == {"dr delcourt alma": str(diary.alma.id), "blin": str(ines.id), "x": ""}
    assert outcomes(run)[2:] == [(4, "error", "practitioner-unknown"), (5, "error", "practitioner-unknown")]
    people = {**run.mapping["practitioners"], "x": str(ines.id)}
    again = checked("visits", text, practitioners=people, practitioner=str(diary.alma.id))
    assert [outcome for _line, outcome, _code in outcomes(again)] == ["created", "created", "conflict", "conflict"]


@pytest.mark.parametrize(
    "mapping",
    [{"columns": {}}, {"practitioner": "", "practitioners": {}}, {"duration": 0}, {"practitioner": "nobody"},
     {"practitioner": "5b0f6bb0-6a7a-4b0c-9d0a-0d8a5a1f8a11"}],
)  # fmt: skip
def test_an_incomplete_mapping_is_refused(diary, mapping):
    with pytest.raises(MappingIncomplete):
        checked("visits", "Date;Heure\n02/03/2026;10:00\n", **mapping)


def test_what_changed_since_the_check_is_told(diary):
    run = checked("visits", VISITS + NOUR)
    diary.book(at(10), visit_reason_id=diary.reason.id, patient_id=Patient.objects.create(birth_name="Z", first_names="Z").id)
    runs.ask_import(run.id, accepts_errors=False, now=NOW)
    runs.work_due(NOW)
    assert outcomes(run) == [(2, "conflict", "")]


def test_an_error_that_the_check_did_not_know_stops_everything(diary):
    run = checked("visits", VISITS + NOUR + "Dupont;Jean;17/05/1980;02/03/2026;11h;30;\n")
    runs.ask_import(run.id, accepts_errors=False, now=NOW)
    later = NOW - timedelta(days=365 * 50)  # nobody of the file is born yet
    runs.work_due(later)
    run.refresh_from_db()
    assert (run.state, run.notice, Appointment.objects.count(), Patient.objects.count()) == ("checked", "changed", 0, 1)
