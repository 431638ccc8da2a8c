"""Mass absences and delays over REST."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.mass_absence import carry_out_due
from agenda.models import Absence, Appointment, MassAbsence, RunningLate
from tests.agenda.diary import NOW, at, make_patient
from tests.agenda.mass_absence.day import AFTER, colleague
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws


@pytest.fixture
def visits(diary):
    """Two patients on Monday."""
    return [diary.book(at(hour), patient_id=make_patient(first_names=f"P{hour}", email=f"p{hour}@x.example").id) for hour in (9, 10)]


def body(diary, **values):
    return {"practitioner": str(diary.alma.id), "start": at(8).isoformat(), "end": at(20).isoformat(), "label": "Formation", **values}


def test_a_rehearsal_tells_and_does_nothing(partner, diary, visits):
    answer = partner.post("mass-absences", body(diary, dry_run=True))

    shown = answer.json()
    assert (answer.status_code, shown["id"], [line["appointment"] for line in shown["lines"]]) == (
        200, None, [str(visit.id) for visit in visits],
    )  # fmt: skip
    assert [(line["decision"], line["channel"], len(line["proposals"])) for line in shown["lines"]] == [("propose", "email", 3)] * 2
    assert (MassAbsence.objects.count(), Absence.objects.count()) == (0, 0)


def test_it_is_announced_carried_out_and_followed(partner, diary, visits):
    made = partner.post("mass-absences", body(diary))
    assert (made.status_code, made.json()["state"], made.json()["due_at"]) == (201, "sent", "2026-03-01T12:10:00+01:00")
    assert Appointment.objects.filter(status="confirmed").count() == 2

    carry_out_due(AFTER)

    shown = partner.get(f"mass-absences/{made.json()['id']}").json()
    assert (shown["state"], [line["outcome"] for line in shown["lines"]]) == ("done", ["cancelled", "cancelled"])
    assert made["Location"] == f"/api/v1/mass-absences/{shown['id']}"


def test_each_visit_may_have_its_own_decision(partner, diary, visits):
    samir = colleague(diary)
    lines = [{"appointment": str(visits[0].id), "decision": "move", "practitioner": str(samir.id)}]

    for dry_run in (True, False):
        shown = partner.post("mass-absences", body(diary, decision="cancel", lines=lines, dry_run=dry_run)).json()["lines"]
        assert [(line["decision"], line["practitioner"]) for line in shown] == [("move", str(samir.id)), ("cancel", None)]
    assert shown[0]["start"] == "2026-03-02T09:00:00+01:00"


def test_stopped_in_time_it_never_was(partner, diary, visits):
    made = partner.post("mass-absences", body(diary)).json()

    answer = partner.post(f"mass-absences/{made['id']}/undo", None)

    assert (answer.status_code, answer.json()["state"]) == (201, "undone")
    assert partner.post(f"mass-absences/{made['id']}/undo", None).json()["code"] == "already-undone"
    assert (carry_out_due(AFTER), Appointment.objects.filter(status="confirmed").count()) == (0, 2)


def test_an_undo_of_what_was_seen_otherwise_is_stale(partner, diary, visits):
    made = partner.post("mass-absences", body(diary)).json()

    assert partner.post(f"mass-absences/{made['id']}/undo", None, If_Match='"77"').status_code == 412


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"end": at(7).isoformat()}, 422, "ends-before-start"),
        ({"practitioner": None}, 422, "practitioner-or-site"),
        ({"practitioner": str(uuid4())}, 422, "unknown-reference"),
        ({"start": "2026-01-01T08:00:00Z", "end": "2026-01-01T18:00:00Z"}, 422, "absence-over"),
        ({"end": "2076-01-01T18:00:00Z"}, 422, "absence-too-long"),
        ({"lines": [{"appointment": str(uuid4()), "decision": "keep"}]}, 422, "unknown-reference"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_cannot_be_is_refused_and_nothing_is_kept(partner, diary, values, status, code, dry_run):
    answer = partner.post("mass-absences", body(diary, **values, dry_run=dry_run))

    assert (answer.status_code, answer.json()["code"], MassAbsence.objects.count(), Absence.objects.count()) == (status, code, 0, 0)


def test_a_move_to_nobody_is_refused(partner, diary, visits):
    lines = [{"appointment": str(visits[0].id), "decision": "move"}]

    assert partner.post("mass-absences", body(diary, lines=lines)).json()["code"] == "move-target-missing"


@pytest.mark.parametrize("scopes", [("agenda:write",), ("settings:write",), ("agenda:read",)])
def test_it_takes_both_scopes(cabinet, diary, scopes):
    partner = Partner(TOURCOING, *scopes)

    assert [partner.post("mass-absences", {}).status_code, partner.get("mass-absences").status_code] == [403, 403]
    assert partner.post(f"mass-absences/{uuid4()}/undo", None).status_code == 403


def test_another_cabinet_s_is_not_found(partner, diary):
    assert partner.get(f"mass-absences/{uuid4()}").status_code == 404


def test_the_list_asks_as_much_for_thirty_as_for_one(partner, diary):
    partner.get("mass-absences")
    counts = []
    for many in (1, 29):
        for _n in range(many):
            MassAbsence.objects.create(practitioner=diary.alma, start=at(8), end=at(9), prepared_by="x", created_at=NOW, updated_at=NOW)
        with CaptureQueriesContext(connection) as queries:
            shown = partner.get("mass-absences").json()["results"]
        counts.append((len(queries), len(shown)))

    assert counts[0][0] == counts[1][0] and [one[1] for one in counts] == [1, 30]


def test_a_delay_is_said(partner, diary, visits):
    answer = partner.post(f"practitioners/{diary.alma.id}/delay", {"minutes": 20})

    assert (answer.status_code, answer.json()) == (
        201, {"practitioner": str(diary.alma.id), "day": "2026-03-01", "minutes": 20, "told": 0},
    )  # fmt: skip
    assert RunningLate.objects.get().said_by == "api:Portail"


def test_a_delay_out_of_bounds_is_refused(partner, diary):
    assert flaws(partner.post(f"practitioners/{diary.alma.id}/delay", {"minutes": 300})) == [("/minutes", "out-of-bounds")]
    assert partner.post(f"practitioners/{uuid4()}/delay", {"minutes": 10}).status_code == 404
    assert Partner(TOURCOING, "agenda:read").post(f"practitioners/{diary.alma.id}/delay", {"minutes": 10}).status_code == 403
