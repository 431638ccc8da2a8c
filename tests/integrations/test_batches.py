"""Events applied together leave what they leave one by one; what goes wrong with one of them is its own fate."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment, JournalEntry, Occupancy
from integrations.connections.connecting import connect
from integrations.incoming import inbox
from integrations.models import Connection, ExternalReference, InboundEvent, OutboundChange
from medidesk import clock
from patients.models import DuplicateCandidate, Patient
from tests.agenda.diary import make_hours, make_practitioner, make_reason, make_site
from tests.integrations.house import monday

VISITS = 12


@pytest.fixture
def doctolib_line(cabinet, settings) -> Connection:
    """Doctolib tells, and Maiia is to be told."""
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    sites = make_site()
    alma = make_practitioner(sites)
    reason = make_reason(alma, grid_minutes=10)
    make_hours(alma, sites, 8, 19)
    there = {"practitioners": {alma.id: "pra_001"}, "reasons": {reason.id: "mot_1"}, "mode": "both", "now": clock.now()}
    connect(platform="maiia", base_url="http://localhost:1/v2", api_key="k", **there)
    return connect(platform="doctolib", base_url="http://localhost:1/v1", api_key="k", **there)


def tell(line: Connection, number: int, kind: str, version: int, start: datetime, **changes: Any) -> None:
    """Doctolib tells of one visit, of a person of its own."""
    person = {"id": f"p{number}", "first_name": f"Prénom{number}", "last_name": f"Nom{number}", "birth_date": f"19{40 + number}-05-17"}
    appointment = {"id": f"v{number}", "start_time": start.isoformat(), "duration": 30, "status": "confirmed", "version": version}
    data = {
        "appointment": appointment | {"visit_motive_id": "mot_1"} | changes.get("appointment", {}),
        "patient": person | {"email": f"p{number}@patients.example", "phone": None} | changes.get("patient", {}),
        "practitioner": {"id": changes.get("practitioner", "pra_001")},
    }
    event = {"event": f"appointment.{kind}", "event_id": f"{kind} {number} {version}", "data": data}
    inbox.store(line, json.dumps(event).encode(), "", clock.now())


def tell_of_all(line: Connection) -> None:
    """Visits come, two at the same time, then move, then half of them go; one is told of in the wrong order."""
    for number in range(VISITS):
        tell(line, number, "created", 1, monday(8) + timedelta(minutes=30 * (number // 2)))
    for number in range(VISITS):
        tell(line, number, "updated", 3, monday(8, weeks=2) + timedelta(minutes=30 * number))
        tell(line, number, "updated", 2, monday(8, weeks=3))
    for number in range(0, VISITS, 2):
        tell(line, number, "cancelled", 4, monday(8, weeks=2) + timedelta(minutes=30 * number))


def apply_all() -> None:
    """Together, as workers do."""
    while inbox.apply_due(clock.now()):
        pass


def apply_each() -> None:
    """One by one."""
    while inbox.apply_one(clock.now()):
        pass


def seen() -> dict[str, list[tuple]]:
    """All that is left of the news, ids and instants of writing apart."""
    by_id = {row.appointment_id: row.external_id for row in ExternalReference.objects.all()}
    twins = ExternalReference.objects.order_by("external_id")
    return {
        "visits": sorted(
            (
                by_id[row.id],
                row.status,
                row.lane,
                row.start,
                row.end,
                row.version,
                row.cancelled_by,
                row.cancellation_reason,
                row.patient.name,
            )
            for row in Appointment.objects.select_related("patient")
        ),
        "taken": sorted((by_id[row.appointment_id], row.lane, row.start_minute, row.end_minute) for row in Occupancy.objects.all()),
        "journal": sorted((by_id[row.appointment_id], row.act, row.by) for row in JournalEntry.objects.exclude(act="lane")),
        "twins": [(row.external_id, row.version, row.content, row.patient_hash, bool(row.gone_at), row.ours) for row in twins],
        "patients": sorted(Patient.objects.values_list("birth_name", "used_name", "first_names", "provisional", "search")),
        "alike": [(DuplicateCandidate.objects.count(),)],
        "events": list(InboundEvent.objects.order_by("id").values_list("event_id", "state", "detail")),
        "to be told": sorted((by_id[row.subject], row.act, row.state, row.connection.platform) for row in OutboundChange.objects.all()),
    }


@pytest.mark.parametrize("way", [apply_all, apply_each])
def test_together_or_one_by_one_the_same_is_left(doctolib_line: Connection, way: Callable[[], None]):
    tell_of_all(doctolib_line)

    way()

    left = seen()
    assert [row[:5] for row in left["visits"]] == sorted(
        (
            f"v{n}",
            "confirmed" if n % 2 else "cancelled",
            "normal",
            monday(8, weeks=2) + timedelta(minutes=30 * n),
            monday(8, weeks=2) + timedelta(minutes=30 * n + 30),
        )
        for n in range(VISITS)
    )
    assert [(kind[0], *kind[1:2]) for kind in left["events"]] == [
        *[(f"created {n} 1", "applied") for n in range(VISITS)],
        *[(f"updated {n} {version}", state) for n in range(VISITS) for version, state in ((3, "applied"), (2, "stale"))],
        *[(f"cancelled {n} 4", "applied") for n in range(0, VISITS, 2)],
    ]
    assert len(left["taken"]) == VISITS // 2
    assert [row[1:] for row in left["to be told"]] == [("cancelled" if n % 2 == 0 else "moved", "waiting", "maiia") for n in _by_name()]
    assert [row[3] for row in left["patients"]] == [True] * VISITS


def _by_name() -> list[int]:
    return [int(name[1:]) for name in sorted(f"v{n}" for n in range(VISITS))]


def test_what_is_wrong_with_one_stops_no_other(doctolib_line: Connection):
    tell(doctolib_line, 1, "created", 1, monday(9))
    tell(doctolib_line, 2, "created", 1, monday(10), appointment={"duration": 1440})
    tell(doctolib_line, 3, "created", 1, monday(11), practitioner="pra_unknown")
    tell(doctolib_line, 4, "created", 1, monday(12), appointment={"duration": 0})
    tell(doctolib_line, 5, "created", 1, monday(13), patient={"phone": "12", "email": "no address"})

    apply_all()

    states = dict(InboundEvent.objects.values_list("visit_key", "state"))
    assert {name: states[name] for name in ("v1", "v3", "v4", "v5")} == {
        "v1": "applied", "v3": "unmapped", "v4": "not_understood", "v5": "applied",
    }  # fmt: skip


def test_an_accident_undoes_the_batch_and_each_event_has_its_own_fate(doctolib_line: Connection, monkeypatch):
    from integrations.incoming import applying

    true = applying.import_visit

    def refuses_ten(**given: Any) -> Appointment:
        if given["start"] == monday(10):
            raise RuntimeError("no room for ten o'clock")
        return true(**given)

    monkeypatch.setattr(applying, "import_visit", refuses_ten)
    for number, hour in enumerate((9, 10, 11)):
        tell(doctolib_line, number, "created", 1, monday(hour))

    inbox.apply_due(clock.now())

    assert list(InboundEvent.objects.order_by("id").values_list("state", "detail", "attempts")) == [
        ("applied", "", 1), ("received", "RuntimeError", 1), ("applied", "", 1),
    ]  # fmt: skip
    assert [visit.start for visit in Appointment.objects.order_by("start")] == [monday(9), monday(11)]


def test_a_cancellation_and_a_booking_of_one_person_told_together_are_one_move(doctolib_line: Connection):
    tell(doctolib_line, 1, "created", 1, monday(9))
    apply_all()
    tell(doctolib_line, 1, "cancelled", 2, monday(9))
    same = {"id": "p1", "first_name": "Prénom1", "last_name": "Nom1", "birth_date": "1941-05-17", "email": "p1@patients.example"}
    tell(doctolib_line, 2, "created", 1, monday(15), patient=same)

    apply_all()

    assert [(visit.status, visit.start) for visit in Appointment.objects.all()] == [("confirmed", monday(15))]


def test_a_batch_asks_a_few_times_for_each_event(doctolib_line: Connection):
    tell(doctolib_line, 50, "created", 1, monday(8, weeks=9))
    apply_all()
    counts = []
    for first, many in ((0, 1), (1, 11)):
        for number in range(first, first + many):
            tell(doctolib_line, number, "created", 1, monday(8, weeks=4) + timedelta(minutes=30 * number))
        with CaptureQueriesContext(database) as queries:
            inbox.apply_due(clock.now(), 100)
        counts.append(len(queries))
    assert (counts[1] - counts[0]) / 10 <= 8
