"""The owner makes a connection, or changes one: where, with which keys, what flows, how far it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from agenda.actors import Actor
from integrations.comparison.asking_comparison import compare_soon
from integrations.comparison.pulling import watch
from integrations.connections.acts import note_act
from integrations.connections.connecting import add_webhook_secret, connect, furthest, kind_in, set_flows, take_keys
from integrations.models import ActKind, Connection, Kind, Mode
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_of
from integrations.speaking.targets import check_target


@dataclass(frozen=True, slots=True)
class Settings:
    """What the owner decides. Keys left empty stay as they are."""

    mode: str
    reminds: str
    flows: Mapping[str, bool]
    wire_format: str = ""
    wire_text: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    further_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    webhook_secret: str = field(default="", repr=False)


@transaction.atomic
def open_connection(platform: str, wanted: Settings, *, actor: Actor, now: datetime) -> Connection:
    """Make the connection; one with the same address that was cut lives again, and knows what it knew. Raises what `connect` raises."""
    kind = kind_in(platform, wanted.wire_format, wanted.wire_text)
    base_url = kind.address(wanted.base_url or kind.default_url)
    cut = Connection.objects.filter(platform=platform, base_url=base_url, mode=Mode.OFF).first()
    if cut is not None:
        return change_connection(cut, wanted, actor=actor, now=now)
    connection = connect(
        platform=platform, wire_format=wanted.wire_format, wire_text=wanted.wire_text, base_url=base_url, api_key=wanted.api_key,
        further_keys=wanted.further_keys, mode=wanted.mode, webhook_secret=wanted.webhook_secret, reminds=wanted.reminds,
        flows=wanted.flows, now=now,
    )  # fmt: skip
    note_act(connection, ActKind.CONNECTED, actor=actor, now=now, detail=connection.get_mode_display())
    return connection


@transaction.atomic
def change_connection(connection: Connection, wanted: Settings, *, actor: Actor, now: datetime) -> Connection:
    """Change it; what that asks of the platform is done by a worker within a minute. Raises Refused (`target-not-allowed`,
    `secret-not-valid`, `keys-missing`)."""
    row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    kind = kind_in(row.platform, wanted.wire_format, wanted.wire_text)
    base_url = kind.address(wanted.base_url or row.base_url)
    check_target(base_url)
    speaks_otherwise = (wanted.wire_format, wanted.wire_text) != (row.wire_format, row.wire_text)
    if base_url != row.base_url or speaks_otherwise:
        row.base_url, row.cursor, row.webhook_registered_at = base_url, "", None
        row.wire_format, row.wire_text = wanted.wire_format, wanted.wire_text
    has_new_keys = _take_keys(row, wanted, needed=speaks_otherwise)
    row.mode, row.reminds = furthest(kind, wanted.mode), wanted.reminds
    set_flows(row, wanted.flows)
    row.save()
    if Capability.WRITE_BUSY not in kind.capabilities:
        row.references.filter(kind=Kind.BUSY, gone_at=None).update(gone_at=now)  # nobody can open them any more
    if wanted.webhook_secret:
        add_webhook_secret(row, wanted.webhook_secret, now)
    watch(row, now)
    if row.exported_at and row.writes:
        compare_soon(row, now)  # what changed while it was not told, or flows anew
    if has_new_keys:
        note_act(row, ActKind.KEYS_CHANGED, actor=actor, now=now)
    note_act(row, ActKind.CHANGED, actor=actor, now=now, detail=row.get_mode_display())
    return row


def _take_keys(row: Connection, wanted: Settings, *, needed: bool) -> bool:
    """New keys where some are given: what the platform refused is forgotten with the old ones. Answers whether there were any."""
    if not wanted.api_key and not wanted.further_keys and not needed:
        return False
    row.api_key = wanted.api_key or row.api_key
    kind = connector_of(row)
    kept = {name: value for name, value in row.further_keys.items() if name in (*kind.further_keys, *kind.optional_keys)}
    take_keys(row, {**kept, **wanted.further_keys})
    row.failures, row.paused_until, row.last_error, row.webhook_registered_at = 0, None, "", None
    return True
