"""From rehearsal to life: our webhook there, what is there read once, what is here told once."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from agenda.models import Appointment, Hold, Status
from integrations.comparison.reconciliation import reconcile
from integrations.incoming.feeding import read_feed
from integrations.models import Connection, Kind, Mode, WebhookSecret
from integrations.outgoing import outbox
from integrations.speaking.base import Capability, FeedConnector
from integrations.speaking.calls import calling, note_read
from integrations.speaking.registry import connector_of
from integrations.speaking.signatures import new_secret
from integrations.speaking.vocabulary import instant_text
from medidesk.cabinets.current import current_cabinet

BOTH_LIVE = timedelta(hours=24)


def go_live(connection: Connection, now: datetime) -> None:
    """Do what is still to be done for the connection's mode: our webhook there (not in rehearsal), what is there read whole once,
    then what is here told once (mode both). A feed is read each time, to its end. Raises the connector's errors."""
    kind = connector_of(connection)
    if Capability.WEBHOOKS in kind.capabilities and connection.mode != Mode.REHEARSAL and connection.webhook_registered_at is None:
        register_webhook(connection, now)
    to_export = connection.mode == Mode.BOTH and connection.exported_at is None
    if issubclass(kind, FeedConnector):
        _read_feed(connection, now)
        if to_export:
            export_once(connection, now)
        return
    if connection.cursor and not to_export:
        return
    if not reconcile(connection, now).complete:
        return
    connection.cursor = instant_text(now)
    connection.save(update_fields=["cursor"])
    if to_export:
        export_once(connection, now)


def _read_feed(connection: Connection, now: datetime) -> None:
    with calling(connection) as connector:
        if isinstance(connector, FeedConnector):
            read_feed(connection, connector, now)
    note_read(connection, now)


def register_webhook(connection: Connection, now: datetime) -> None:
    """Have the platform sign with a secret of ours and send to our address."""
    secret = _own_secret(connection, now)
    with calling(connection) as connector:
        connector.subscribe(webhook_url(connection), secret.value)
    connection.webhook_registered_at = now
    connection.save(update_fields=["webhook_registered_at"])


@transaction.atomic
def export_once(connection: Connection, now: datetime) -> int:
    """Tell the platform of every future visit that does not stand there already, and of every hold; answers how many."""
    claimed = Connection.objects.filter(pk=connection.pk, exported_at=None).update(exported_at=now)
    connection.exported_at = now
    if not claimed:
        return 0
    practitioners = connection.practitioners.values("practitioner")
    standing = connection.references.filter(kind=Kind.VISIT, gone_at=None, replaced_by=None)
    visits = Appointment.objects.filter(practitioner__in=practitioners, end__gt=now).exclude(pk__in=standing.values("appointment"))
    subjects = list(visits.exclude(status__in=(Status.CANCELLED, Status.NO_SHOW)).values_list("id", flat=True))
    for subject in subjects:
        outbox.tell(connection, subject, act=outbox.EXPORTED, now=now)
    holds = list(
        Hold.objects.filter(practitioner__in=practitioners, state=Hold.State.ACTIVE, expires_at__gt=now).values_list("id", flat=True)
    )
    for hold in holds:
        outbox.tell(connection, hold, act=outbox.EXPORTED, now=now, is_hold=True)
    return len(subjects) + len(holds)


def rotate_secret(connection: Connection, now: datetime) -> str:
    """A new secret, at once; the old ones stay good for 24 hours."""
    with transaction.atomic():
        connection.webhook_secrets.filter(expires_at=None).update(expires_at=now + BOTH_LIVE)
        secret = add_secret(connection, new_secret(), ours=True, now=now)
    if connection.mode != Mode.REHEARSAL:
        register_webhook(connection, now)
    return secret.value


def add_secret(connection: Connection, value: str, *, ours: bool, now: datetime) -> WebhookSecret:
    """Keep one more live secret; the same one twice is one."""
    for known in live_secrets(connection.id, now):
        if known.value == value:
            return known
    secret = WebhookSecret(connection=connection, ours=ours, created_at=now)
    secret.value = value
    secret.save()
    return secret


def live_secrets(connection: UUID, now: datetime) -> list[WebhookSecret]:
    """Those that may sign today."""
    found = WebhookSecret.objects.filter(connection_id=connection)
    return [secret for secret in found if secret.expires_at is None or secret.expires_at > now]


def webhook_url(connection: Connection) -> str:
    """Where the platform reaches us, on the cabinet's own host."""
    domain = current_cabinet().domains.order_by("-is_primary", "id").first()
    host = domain.domain if domain else "localhost"
    base = f"https://{host}" if settings.SECURE else f"http://{host}:{settings.MEDIDESK_PORT}"
    return f"{base}/api/webhooks/{connection.platform}/{connection.id}"


def _own_secret(connection: Connection, now: datetime) -> WebhookSecret:
    own = [secret for secret in live_secrets(connection.id, now) if secret.ours and secret.expires_at is None]
    return own[0] if own else add_secret(connection, new_secret(), ours=True, now=now)
