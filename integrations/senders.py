"""Who may have sent a webhook: a platform's connections with the secrets that may sign for them today, in one turn to Postgres."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection as database
from django.db.models import BinaryField, JSONField

from integrations.models import Connection, WebhookSecret
from medidesk.db.prepared import run

# Whatever else is asked of the connection is read when it is asked.
_COLUMNS = [each for each in Connection._meta.concrete_fields if not isinstance(each, BinaryField | JSONField)]
_ASK = (
    "SELECT s.id::text, s.sealed, c.id::text, " + ", ".join(f'c."{each.column}"' for each in _COLUMNS if not each.primary_key) + " "
    "FROM integrations_connection c LEFT JOIN integrations_webhooksecret s"
    " ON s.connection_id = c.id AND (s.expires_at IS NULL OR s.expires_at > %(now)s)"
    " WHERE c.platform = %(platform)s AND c.mode <> 'off' AND (%(only)s::uuid IS NULL OR c.id = %(only)s) ORDER BY c.created_at, c.id"
)
_NAMES = ["id", *(each.attname for each in _COLUMNS if not each.primary_key)]


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
    for _connection, those in groupby(rows, key=lambda row: row[2]):
        found = list(those)
        values = [UUID(found[0][2]), *found[0][3:]]
        secrets = [WebhookSecret(id=UUID(number), sealed=sealed) for number, sealed, *_ in found if number]
        yield Sender(Connection.from_db(database.alias, _NAMES, values), secrets)
