"""An import taken back: what it created goes, what somebody has touched stays and says why."""

from datetime import timedelta

import pytest

from agenda.models import Appointment, Occupancy
from agenda.scheduling import cancel_appointment, change_status, move_appointment
from agenda.waiting_list.joining import join
from integrations.imports import runs
from integrations.imports.errors import FileForgotten, NotNow, TooLateToUndo
from integrations.imports.retention import forget_files
from medidesk.messaging.models import Message
from patients.models import DuplicateCandidate, Patient
from patients.registration import confirm_identity, update_patient
from tests.agenda.diary import STAFF, at
from tests.integrations.imports.bringing import NOW, PATIENTS, VISITS, checked, imported, opened, outcomes, undone

JEAN = "Dupont;Jean;17/05/1980;02/03/2026;10h;30;\n"


def kept(run):
    """Why each line's rows stayed, `gone` when they did not."""
    return [line.kept for line in run.lines.all()]


def test_visits_and_files_that_nobody_touched_go(diary):
    Patient.objects.update(phone="+33639980012")
    run = undone(imported("visits", VISITS + JEAN + "Haddad;Nour;17/05/1990;03/02/2025;9h;;\n"))
    assert (run.state, run.figures["undone"], kept(run)) == ("undone", {"visits_gone": 2, "patients_gone": 1}, ["gone", "gone"])
    assert set(Appointment.objects.values_list("status", "cancellation_reason")) == {("cancelled", "Import annulé")}
    assert list(Patient.objects.filter(deleted_at=None)) == [diary.nour]
    assert (Occupancy.objects.count(), Message.objects.count()) == (0, 0)


def test_a_visit_that_somebody_moved_stays_and_keeps_its_patient(diary):
    run = imported("visits", VISITS + JEAN)
    move_appointment(appointment_id=Appointment.objects.get().id, start=at(11), actor=STAFF, now=NOW)
    assert undone(run).figures["undone"] == {"visits_kept": 1, "patients_kept": 1}
    assert kept(run) == ["patient-has-visits"]
    assert Appointment.objects.get().status == "confirmed"


@pytest.mark.parametrize("touch", ["arrived", "cancelled"])
def test_so_does_a_visit_whose_status_changed(diary, touch):
    run = imported("visits", VISITS + "Haddad;Nour;17/05/1990;02/03/2026;10h;30;\n")
    visit = Appointment.objects.get()
    if touch == "cancelled":
        cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=STAFF, now=NOW)
    else:
        change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=NOW)
    undone(run)
    assert kept(run) == ["visit-touched"]
    assert Appointment.objects.get().status == touch


def test_a_conflict_that_the_diary_settled_counts_as_untouched(diary):
    other = diary.book(at(10))
    run = imported("visits", VISITS + JEAN)
    cancel_appointment(appointment_id=other.id, by="cabinet", reason="", actor=STAFF, now=NOW)
    undone(run)
    assert kept(run) == ["gone"]


def test_a_conflict_is_settled_by_taking_the_import_back(diary):
    run = imported("visits", VISITS + JEAN)
    later = imported("visits", VISITS + "Autre;Anne;01/01/1970;02/03/2026;10h;30;\n")
    undone(run)
    assert Appointment.objects.get(pk=later.lines.get().appointment_id).lane == "normal"


@pytest.mark.parametrize("touch", ["visit", "change", "confirm"])
def test_a_file_that_has_lived_since_stays(diary, touch):
    run = imported("patients", PATIENTS + "Hadad;Nour;17/05/1990;;\n")
    new = Patient.objects.get(birth_name="Hadad")
    if touch == "visit":
        diary.book(at(10), patient_id=new.id)
    elif touch == "change":
        update_patient(new, {"phone": "0639980012"}, by="Basile", now=NOW)
    else:
        confirm_identity(new.id, by="Basile", now=NOW)
    assert undone(run).figures["undone"] == {"patients_kept": 1}
    assert kept(run) == ["patient-has-visits" if touch == "visit" else "patient-touched"]


def test_a_file_on_the_waiting_list_stays(diary):
    run = imported("patients", PATIENTS + "Dupont;Jean;17/05/1980;06 39 98 00 12;\n")
    jean = Patient.objects.get(birth_name="Dupont")
    join(patient_id=jean.id, visit_reason_id=diary.reason.id, actor=STAFF, source="phone", now=NOW)
    undone(run)
    assert kept(run) == ["patient-touched"]


def test_pairs_of_a_file_that_goes_leave_the_worklist(diary):
    run = imported("patients", PATIENTS + "Hadad;Nour;17/05/1990;;\n")
    assert DuplicateCandidate.objects.count() == 1
    undone(run)
    assert DuplicateCandidate.objects.count() == 0


def test_what_was_taken_back_may_be_imported_again(diary):
    undone(imported("visits", VISITS + JEAN))
    assert outcomes(imported("visits", VISITS + JEAN)) == [(2, "created", "patient-new")]


def test_after_thirty_days_an_import_stays(diary):
    run = imported("visits", VISITS + JEAN)
    runs.ask_undo(run.id, now=NOW + timedelta(days=29))
    run.state = "done"
    run.save()
    with pytest.raises(TooLateToUndo):
        runs.ask_undo(run.id, now=NOW + timedelta(days=31))


def test_only_what_was_imported_is_taken_back_and_once(diary):
    run = checked("visits", VISITS + JEAN)
    with pytest.raises(NotNow):
        runs.ask_undo(run.id, now=NOW)
    done = undone(imported("visits", VISITS + JEAN))
    for ask in (runs.ask_undo, runs.ask_check):
        with pytest.raises(NotNow):
            ask(done.id, now=NOW)


def test_a_draft_may_be_given_up(diary):
    run = opened("visits", VISITS + JEAN)
    runs.give_up(run.id)
    with pytest.raises(runs.NoSuchImport):
        runs.find_import(run.id)


def test_files_are_forgotten_names_and_all(diary):
    run, draft = imported("visits", VISITS + JEAN), checked("visits", VISITS + JEAN)
    assert forget_files(NOW + timedelta(days=8)) == 1
    draft.refresh_from_db()
    assert (draft.text, draft.mapping, draft.file_name) == ("", {}, "")
    with pytest.raises(FileForgotten):
        runs.ask_import(draft.id, accepts_errors=True, now=NOW)
    assert forget_files(NOW + timedelta(days=31)) == 1
    assert outcomes(runs.find_import(run.id)) == [(2, "created", "patient-new")]


def test_the_text_is_sealed_and_no_line_keeps_a_name(diary):
    run = imported("visits", VISITS + JEAN + "Dupont;Anne;zut;;;;\n")
    kept_text = bytes(run.sealed) + repr(list(run.lines.values())).encode()
    assert b"Dupont" not in kept_text
    assert "Dupont" in run.text


def test_work_that_fails_three_times_is_given_back(diary):
    run = opened("visits", VISITS + JEAN)
    runs.ask_check(run.id, now=NOW)
    run.refresh_from_db()
    run.attempts = 3
    run.save()
    runs.work_due(NOW)
    run.refresh_from_db()
    assert (run.state, run.notice) == ("draft", "failed")
