"""Planning and withdrawing messages, in the transaction of what they tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg2.extras import Json

from medidesk.db.prepared import run_later
from medidesk.db.rows import columns_of, rows_read, to_json
from medidesk.due.bell import ring
from medidesk.messaging.apps import WORK
from medidesk.messaging.models import Channel, Message

# Given for each message; a text and an address only for those that do not wait for their composer.
_GIVEN = ("about", "about_kind", "kind", "channel", "due_at", "composer", "facts", "by_day_only")
_TEXTS = ("to", "subject", "text", "html", "secret")
# The same for all of a call, or for every new message.
_FIXED = {
    "next_at": "due_at", "status": "'planned'", "attempts": "0", "provider": "''", "provider_id": "''", "segments": "0", "outcome": "''",
    "id": "gen_random_uuid()", "operation_id": "gen_random_uuid()", "created_at": "%s",
}  # fmt: skip
_TYPES = {"about": "uuid", "due_at": "timestamptz", "facts": "jsonb", "by_day_only": "boolean", "secret": "boolean"}
_NO_TEXT = {"to": "''", "subject": "''", "text": "''", "html": "''", "secret": "false"}
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


def plan_messages(plans: Sequence[Plan], *, now: datetime, fresh: bool = False) -> None:
    """Write the messages and their pointers in one statement, in the caller's transaction and with whatever that asks next.

    A message about the same thing, of the same kind, channel and due time, is not written again, whatever became of it; only
    a withdrawn one is taken up again. `fresh`: about something that has just come to be, so that there is none yet. Those due by `now` ring
    the bell at commit.
    """
    if not plans:
        return
    with_texts = any(plan.to or plan.text for plan in plans)
    values = [value for plan in plans for value in _row(plan, with_texts)]
    run_later((_statement(len(plans), with_texts, fresh), [now, *values, connection.schema_name, WORK]))
    if any(plan.due_at <= now for plan in plans):
        ring(WORK)


@lru_cache(maxsize=200)
def _statement(count: int, with_texts: bool, fresh: bool) -> str:
    """The messages, then their pointers."""
    given = _GIVEN + _TEXTS if with_texts else _GIVEN
    fixed = _FIXED if with_texts else _FIXED | _NO_TEXT
    columns = ", ".join(f'"{name}"' for name in (*fixed, *given))
    place = ", ".join(f"%s::{_TYPES.get(name, 'text')}" for name in given)
    names = ", ".join(f'"{name}"' for name in given)
    return (
        f"WITH planned AS (INSERT INTO messaging_message ({columns}) SELECT {', '.join([*fixed.values(), names])}"
        f" FROM (VALUES {', '.join([f'({place})'] * count)}) plan ({names}) {'' if fresh else _AGAIN} RETURNING id, next_at)"
        " INSERT INTO due_duepointer (schema, kind, reference, due_at) SELECT %s, %s, id, next_at FROM planned"
        f" {'' if fresh else 'ON CONFLICT (reference, kind) DO UPDATE SET due_at = EXCLUDED.due_at'}"
    )


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


def _row(plan: Plan, with_texts: bool) -> list[Any]:
    if plan.channel not in Channel.values:
        raise ValueError(f"unknown channel {plan.channel!r}")
    facts = Json(dict(plan.facts), dumps=to_json)
    given = [plan.about, plan.about_kind, plan.kind, plan.channel, plan.due_at, plan.composer, facts, plan.by_day_only]
    return [*given, plan.to, plan.subject[:200], plan.text, plan.html, plan.secret] if with_texts else given
