"""Who may have sent a webhook: a platform's connections with the secrets that may sign for them today, in one turn to Postgres."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection as database

from integrations.models import Connection, WebhookSecret
from medidesk.db.prepared import run

# What knowing a sender takes; whatever else is asked of the connection is read when it is asked.
_FIELDS = ("id", "platform", "wire_format", "wire_text", "unsigned_from")
_ASK = """
    SELECT c.id::text, c.platform, c.wire_format, c.wire_text, c.unsigned_from, s.id::text, s.sealed
    FROM integrations_connection c LEFT JOIN integrations_webhooksecret s
        ON s.connection_id = c.id AND (s.expires_at IS NULL OR s.expires_at > %(now)s)
    WHERE c.platform = %(platform)s AND c.mode <> 'off' AND (%(only)s::uuid IS NULL OR c.id = %(only)s) ORDER BY c.created_at, c.id
"""


@dataclass(frozen=True, slots=True)
class Sender:
    """A connection that is not cut, and what may sign for it."""

    connection: Connection
    secrets: list[WebhookSecret]

    def keys(self) -> list[str]:
        """The secrets in clear. Raises SecretUnreadable."""
        return [secret.value for secret in self.secrets]


def senders_of(platform: str, only: UUID | None, now: datetime) -> list[Sender]:
    """All that the platform may be, or the one connection `only`."""
    rows = run((_ASK, {"platform": platform, "only": only and str(only), "now": now}))
    return list(_senders(rows))


def _senders(rows: list[tuple]) -> Iterator[Sender]:
    for (number, *values), those in groupby(rows, key=lambda row: row[: len(_FIELDS)]):
        secrets = [WebhookSecret(id=UUID(secret), sealed=sealed) for *_, secret, sealed in those if secret]
        yield Sender(Connection.from_db(database.alias, _FIELDS, [UUID(number), *values]), secrets)
