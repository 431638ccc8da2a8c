"""Planning and withdrawing messages, in the transaction of what they tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from psycopg2.extras import Json

from medidesk.db.prepared import run_later
from medidesk.db.rows import columns_of, rows_read
from medidesk.due.bell import ring
from medidesk.messaging.apps import WORK
from medidesk.messaging.models import Channel, Message, Status

_COLUMNS = (
    "id", "about", "about_kind", "kind", "channel", "due_at", "status", "composer", "facts", "to", "subject", "text", "html",
    "by_day_only", "secret", "attempts", "next_at", "operation_id", "provider", "provider_id", "segments", "outcome", "created_at",
)  # fmt: skip
# What was withdrawn and is true again (a move undone) is planned again in its own row, under its own operation id.
_AGAIN = (
    "ON CONFLICT (about, kind, channel, due_at) DO UPDATE SET status = 'planned', next_at = EXCLUDED.next_at, attempts = 0,"
    " facts = EXCLUDED.facts, composer = EXCLUDED.composer, outcome = '' WHERE messaging_message.status = 'cancelled'"
)
_WITHDRAW = """
    WITH withdrawn AS (
        UPDATE messaging_message SET status = 'cancelled', outcome = %(why)s
        WHERE id IN (
            SELECT id FROM messaging_message
            WHERE about = %(about)s AND status = 'planned' AND (%(kinds)s::text[] IS NULL OR kind = ANY(%(kinds)s::text[]))
            FOR UPDATE SKIP LOCKED)
        RETURNING {columns}
    ), forgotten AS (
        DELETE FROM due_duepointer WHERE kind = %(work)s AND reference IN (SELECT id FROM withdrawn)
    )
    SELECT {columns} FROM withdrawn ORDER BY created_at, id
""".format(columns=columns_of(Message))


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A message to be: `about` and `about_kind` name what it tells of; either `composer` words it when it leaves, or `text` is given."""

    kind: str
    channel: str
    due_at: datetime
    about: UUID | None = None
    about_kind: str = ""
    composer: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    by_day_only: bool = False
    secret: bool = False


def plan_messages(plans: Sequence[Plan], *, now: datetime) -> None:
    """Write the messages and their pointers in one statement, in the caller's transaction and with whatever that asks next.

    A message about the same thing, of the same kind, channel and due time, is not written again, whatever became of it; only
    a withdrawn one is taken up again. Those due by `now` ring the bell at commit.
    """
    if not plans:
        return
    columns = ", ".join(f'"{name}"' for name in _COLUMNS)
    places = f"({', '.join(['%s'] * len(_COLUMNS))})"
    statement = (
        f"WITH planned AS (INSERT INTO messaging_message ({columns}) VALUES {', '.join([places] * len(plans))}"
        f" {_AGAIN} RETURNING id, next_at)"
        " INSERT INTO due_duepointer (schema, kind, reference, due_at) SELECT %s, %s, id, next_at FROM planned"
        " ON CONFLICT (reference, kind) DO UPDATE SET due_at = EXCLUDED.due_at"
    )
    values = [value for plan in plans for value in _row(plan, now)]
    run_later((statement, [*values, connection.schema_name, WORK]))
    if any(plan.due_at <= now for plan in plans):
        ring(WORK)


def plan_message(plan: Plan, *, now: datetime) -> None:
    """`plan_messages` for one."""
    plan_messages([plan], now=now)


def send_now(
    *, to: str, channel: str, kind: str, text: str, now: datetime, subject: str = "", html: str = "", about: UUID | None = None,
    about_kind: str = "", secret: bool = False,
) -> None:  # fmt: skip
    """Plan a message whose text is known, due at once (a code, an account's mail); a worker sends it after the commit.

    `secret` texts are forgotten by the ledger once sent.
    """
    plan = Plan(
        kind=kind, channel=channel, due_at=now, to=to, text=text, subject=subject, html=html, about=about, about_kind=about_kind,
        secret=secret,
    )  # fmt: skip
    plan_message(plan, now=now)


def cancel_messages_of(about: UUID, *, why: str, kinds: Iterable[str] | None = None) -> list[Message]:
    """Withdraw what is planned about this thing (of these kinds) and has not begun to leave, pointers too; the messages withdrawn."""
    values = {"about": about, "kinds": None if kinds is None else list(kinds), "why": why, "work": WORK}
    return rows_read(Message, _WITHDRAW, values)


def _row(plan: Plan, now: datetime) -> tuple[Any, ...]:
    if plan.channel not in Channel.values:
        raise ValueError(f"unknown channel {plan.channel!r}")
    return (
        str(uuid4()), plan.about and str(plan.about), plan.about_kind, plan.kind, plan.channel, plan.due_at, Status.PLANNED.value,
        plan.composer, Json(dict(plan.facts)), plan.to, plan.subject[:200], plan.text, plan.html, plan.by_day_only, plan.secret,
        0, plan.due_at, str(uuid4()), "", "", 0, "", now,
    )  # fmt: skip
