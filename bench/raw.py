"""The floor of a booking: the visit's row and its occupancy under the constraint, in one statement, by the bare driver alone."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg2

from bench.load import Outcome

INSERT = """
WITH visit AS (
    INSERT INTO agenda_appointment (id, version, created_at, updated_at, status, lane, start, "end", practitioner_id, site_id,
        patient_id, source, booked_by, insisted_by, insist_reason, cancelled_by, cancellation_reason, note)
    VALUES (%(id)s, 1, %(start)s, %(start)s, 'confirmed', 'normal', %(start)s, %(end)s, %(practitioner)s, %(site)s,
        %(patient)s, 'raw', 'raw', '', '', '', '', '')
    RETURNING id, practitioner_id, start, "end")
INSERT INTO agenda_occupancy (resource, span, lane, start_minute, end_minute, visit_minute, appointment_id)
    SELECT practitioner_id, tstzrange(start, "end"), 'normal', %(minute)s, %(minute)s + 30, %(minute)s, id FROM visit
"""
YEAR_2040 = 36_816_480  # minutes since the epoch: far from every other visit
_FIRST = "SELECT p.id, s.id, q.id FROM agenda_practitioner p, agenda_site s, patients_patient q LIMIT 1"


@dataclass(frozen=True)
class RawLoad:
    """So many inserts in all by so many connections."""

    url: str
    schema: str
    clients: int
    count: int


def run_raw(load: RawLoad) -> Outcome:
    """Insert, one transaction each; the latencies are under 201, what a booking answers."""
    connections = [_connect(load) for _ in range(load.clients)]
    with connections[0].cursor() as cursor:
        cursor.execute("SELECT coalesce(max(end_minute), 0) FROM agenda_occupancy")
        minute = max(YEAR_2040, cursor.fetchone()[0])
        cursor.execute(_FIRST)
        ids = cursor.fetchone()
    outcome = Outcome(latencies={201: []})
    each = load.count // load.clients
    threads = [
        threading.Thread(target=_insert, args=(connection, ids, minute + number * each * 30, each, outcome.latencies[201]))
        for number, connection in enumerate(connections)
    ]
    cpu, started = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds, outcome.own_cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    for connection in connections:
        connection.close()
    return outcome


def _connect(load: RawLoad) -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(load.url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = {load.schema}, public")
    return connection


def _insert(
    connection: "psycopg2.extensions.connection", ids: tuple[UUID, UUID, UUID], minute: int, count: int, latencies: list[int]
) -> None:
    practitioner, site, patient = (str(one) for one in ids)
    with connection.cursor() as cursor:
        for number in range(count):
            at = minute + number * 30
            values = {"id": str(uuid4()), "practitioner": practitioner, "site": site, "patient": patient, "minute": at}
            times = {"start": datetime.fromtimestamp(at * 60, UTC), "end": datetime.fromtimestamp((at + 30) * 60, UTC)}
            began = time.perf_counter_ns()
            cursor.execute(INSERT, values | times)
            latencies.append(time.perf_counter_ns() - began)
