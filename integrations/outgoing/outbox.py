"""What must go out: rows written with the change itself, claimed with a lease, settled in plain sight.

At most one row of a visit waits behind the one being sent: a row says that the visit changed, not how, so the newest change
needs no row of its own. Order per visit: a row is never claimed while an earlier one of the same visit is open.
"""

import random
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, When

from integrations.models import Connection, OutboundChange, OutboundState
from medidesk.db.prepared import run, run_later
from medidesk.due import bell, pointers

KIND = "outbox"
EXPORTED = "exported"
LEASE = timedelta(seconds=30)
LONGEST_WAIT_SECONDS = 300.0
# A cabinet that had somebody to tell a moment ago is taken to have still: at worst the bell is rung for nothing.
HEARD = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)
MOST_ATTEMPTS = 40  # with the longest wait: about three hours of a platform that answers everybody but this change

_heard_of: dict[str, datetime] = {}


class LeaseLost(Exception):
    """Somebody else has taken the row over: stop without writing anything."""


def tell(connection: Connection, subject: UUID, *, act: str, now: datetime, is_hold: bool = False) -> None:
    """Note that this connection must hear of this visit or hold; the bell rings at commit."""
    _note("SELECT %(connection)s::uuid AS id", {"connection": connection.id}, subject, act, now, is_hold)


def tell_all(
    practitioners: Iterable[UUID], subject: UUID, *, act: str, now: datetime, is_hold: bool = False, but: str = "", fresh: bool = False
) -> None:
    """Note that every connection that shows one of these practitioners and is written to must hear of it, but for that of origin `but`.

    `fresh`: of something of which nobody can be waiting to hear, for it has just come to be.
    """
    whom = {"practitioners": list(practitioners), "but": but}
    _note(_CONCERNED, whom, subject, act, now, is_hold, _NOTE_FRESH if fresh else _NOTE)


_CONCERNED = """
    SELECT c.id FROM integrations_connection c
    WHERE c.mode = 'both' AND (c.busy_out OR c.appointments_out) AND 'connection:' || c.id <> %(but)s AND c.id IN (
        SELECT connection_id FROM integrations_practitionermapping WHERE practitioner_id = ANY(%(practitioners)s::uuid[]))
    ORDER BY c.created_at, c.id
"""
# Who waits already is told of the newest act, who does not gets a row, and each row its pointer: one statement.
_NOTE = """
    WITH concerned AS ({concerned}), waiting AS (
        SELECT id, connection_id FROM integrations_outboundchange
        WHERE subject = %(subject)s AND state = 'waiting' AND (lease_until IS NULL OR lease_until <= %(now)s)
        AND connection_id IN (SELECT id FROM concerned) FOR UPDATE SKIP LOCKED
    ), again AS (
        UPDATE integrations_outboundchange SET act = %(act)s, due = %(now)s
        WHERE id IN (SELECT min(id) FROM waiting GROUP BY connection_id) RETURNING operation
    ), new AS (
        INSERT INTO integrations_outboundchange (operation, connection_id, subject, is_hold, act, due, created_at,
            sending, state, uncertain, attempts, detail)
        SELECT gen_random_uuid(), id, %(subject)s, %(is_hold)s::boolean, %(act)s, %(now)s, %(now)s, '{{}}', 'waiting', false, 0, ''
        FROM concerned WHERE id NOT IN (SELECT connection_id FROM waiting) RETURNING operation
    )
    INSERT INTO due_duepointer (schema, kind, reference, due_at)
    SELECT %(schema)s, %(kind)s, operation, %(now)s FROM (SELECT * FROM again UNION ALL SELECT * FROM new) told
    ON CONFLICT (reference, kind) DO UPDATE SET due_at = EXCLUDED.due_at RETURNING reference
"""


# The same when nobody can be waiting: three plans less to make ready.
_NOTE_FRESH = """
    WITH new AS (
        INSERT INTO integrations_outboundchange (operation, connection_id, subject, is_hold, act, due, created_at,
            sending, state, uncertain, attempts, detail)
        SELECT gen_random_uuid(), id, %(subject)s, %(is_hold)s::boolean, %(act)s, %(now)s, %(now)s, '{{}}', 'waiting', false, 0, ''
        FROM ({concerned}) concerned RETURNING operation
    )
    INSERT INTO due_duepointer (schema, kind, reference, due_at)
    SELECT %(schema)s, %(kind)s, operation, %(now)s FROM new RETURNING reference
"""


def _note(
    concerned: str, whom: dict[str, Any], subject: UUID, act: str, now: datetime, is_hold: bool, statement: str = _NOTE
) -> None:  # fmt: skip
    schema = database.schema_name
    facts = {"schema": schema, "kind": KIND, "subject": subject, "act": act, "now": now, "is_hold": is_hold}
    note = statement.format(concerned=concerned), {**whom, **facts}
    if timedelta(0) <= now - _heard_of.get(schema, NEVER) < HEARD:
        run_later(note)
    elif run(note):
        _heard_of[schema] = now
    else:
        return
    bell.ring(KIND)


@transaction.atomic
def hand_over(hold: UUID, appointment: UUID) -> None:
    """A hold became a visit: what waits for the hold, even what is being sent, is the visit's from now on."""
    OutboundChange.objects.filter(subject=hold, state=OutboundState.WAITING).update(subject=appointment, is_hold=False)


@transaction.atomic
def claim(now: datetime, but: Sequence[UUID] = ()) -> OutboundChange | None:
    """The next row due, leased to the caller for LEASE; `None` when nothing can be done now (connections of `but` left out)."""
    same = OutboundChange.objects.filter(connection=OuterRef("connection"), subject=OuterRef("subject"), state=OutboundState.WAITING)
    earlier = same.filter(Q(id__lt=OuterRef("id")) | Q(lease_until__gt=now)).exclude(id=OuterRef("id"))
    row = (
        OutboundChange.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(_unleased(now), state=OutboundState.WAITING, due__lte=now)
        .filter(Q(connection__paused_until=None) | Q(connection__paused_until__lte=now))
        .exclude(connection_id__in=but)
        .exclude(Exists(earlier))
        .order_by(Case(When(act=EXPORTED, then=1), default=0), "due", "id")  # news before the great first export
        .first()
    )
    return _leased(row, now) if row else None


@transaction.atomic
def claim_of(connection: Connection, subject: UUID, now: datetime) -> OutboundChange | None:
    """What this connection must hear of this visit or hold, due or refused as taken, leased to the caller; `None` while somebody else
    tells it."""
    rows = OutboundChange.objects.filter(connection=connection, subject=subject)
    waiting = rows.filter(state=OutboundState.WAITING).order_by("id").first()
    wanted = waiting or rows.filter(state=OutboundState.BLOCKED).order_by("-id").first()
    same = rows.filter(_unleased(now), pk=wanted.pk, state=wanted.state) if wanted else rows.none()
    row = same.select_for_update(skip_locked=True).first()
    return _leased(row, now) if row else None


def _leased(row: OutboundChange, now: datetime) -> OutboundChange:
    row.lease, row.lease_until, row.attempts, row.state = uuid.uuid4(), now + LEASE, row.attempts + 1, OutboundState.WAITING
    row.save(update_fields=["lease", "lease_until", "attempts", "state"])
    pointers.point(KIND, [row.operation], row.lease_until)
    return row


def held(change: OutboundChange) -> OutboundChange:
    """The row as it is now, locked until the transaction ends. Raises LeaseLost."""
    row = OutboundChange.objects.select_for_update().filter(pk=change.pk, lease=change.lease, state=OutboundState.WAITING).first()
    if row is None:
        raise LeaseLost
    return row


@transaction.atomic
def settle(change: OutboundChange, state: str, now: datetime, detail: str = "") -> None:
    """The row is finished: done, blocked or dead."""
    row = held(change)
    row.state, row.detail, row.finished_at, row.lease, row.lease_until = state, detail[:300], now, None, None
    row.uncertain = row.uncertain and state == OutboundState.DEAD
    row.save(update_fields=["state", "detail", "finished_at", "lease", "lease_until", "uncertain"])
    pointers.unpoint(KIND, [row.operation])
    if state == OutboundState.DONE:
        unsettled = OutboundChange.objects.filter(connection=row.connection_id, subject=row.subject, id__lt=row.id)
        unsettled.filter(state__in=(OutboundState.BLOCKED, OutboundState.DEAD)).update(state=OutboundState.DONE, detail="overtaken")


@transaction.atomic
def put_off(change: OutboundChange, due: datetime, detail: str, *, counted: bool = True) -> None:
    """The row waits until `due`; `counted` false when the attempt was not the row's fault."""
    row = held(change)
    row.due, row.detail, row.lease, row.lease_until = due, detail[:300], None, None
    row.attempts -= 0 if counted else 1
    row.save(update_fields=["due", "detail", "lease", "lease_until", "attempts"])
    pointers.point(KIND, [row.operation], due)


@transaction.atomic
def wake_blocked(connection: Connection, now: datetime) -> None:
    """Something changed there: what was refused as taken may pass now."""
    _wait_again(OutboundChange.objects.filter(connection=connection, state=OutboundState.BLOCKED), now)


@transaction.atomic
def replay(rows: Iterable[OutboundChange], now: datetime) -> int:
    """Somebody wants these dead letters tried again; answers how many."""
    return _wait_again(OutboundChange.objects.filter(pk__in=[row.pk for row in rows], state=OutboundState.DEAD), now)


def is_waiting(connection: Connection, subject: UUID) -> bool:
    """Does the platform still have to hear of this visit?"""
    return OutboundChange.objects.filter(subject=subject, state=OutboundState.WAITING, connection=connection).exists()


def wait_before_retry(attempts: int) -> timedelta:
    """1, 2, 4 … seconds up to five minutes, each shaken by half so that nobody comes back in step."""
    return timedelta(seconds=min(LONGEST_WAIT_SECONDS, 2.0 ** (attempts - 1)) * random.uniform(0.5, 1.5))


def _wait_again(rows: Iterable[OutboundChange], now: datetime) -> int:
    found = list(rows)
    OutboundChange.objects.filter(pk__in=[row.pk for row in found]).update(
        state=OutboundState.WAITING, due=now, attempts=0, finished_at=None, lease=None, lease_until=None
    )
    if found:
        pointers.point(KIND, [row.operation for row in found], now)
        bell.ring(KIND)
    return len(found)


def _unleased(now: datetime) -> Q:
    return Q(lease_until=None) | Q(lease_until__lte=now)
