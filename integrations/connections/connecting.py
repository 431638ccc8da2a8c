"""Making a connection with a platform, and saying who is who there."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agenda.models import Practitioner, Site, VisitReason
from integrations.comparison.pulling import watch
from integrations.connections.going_live import add_secret, go_live
from integrations.connections.presets import NEEDED, can
from integrations.errors import Refused as PlatformRefused
from integrations.incoming import inbox
from integrations.models import (
    Connection,
    InboundEvent,
    InboundState,
    LeftAlone,
    Mode,
    PractitionerMapping,
    ReasonMapping,
    SiteMapping,
    There,
)
from integrations.speaking.base import WRITES, Connector
from integrations.speaking.registry import connector_class, connector_of, platforms
from integrations.speaking.targets import check_target
from medidesk.errors import NotFound, Refused

# Events that come in once their practitioner is related.
NOT_RELATED = (InboundState.UNMAPPED, InboundState.LEFT_ALONE)


@transaction.atomic
def connect(
    *,
    platform: str,
    base_url: str,
    api_key: str,
    now: datetime,
    webhook_secret: str = "",
    further_keys: Mapping[str, str] | None = None,
    mode: str = Mode.REHEARSAL,
    reminds: str = "",
    practitioners: Mapping[UUID, str] | None = None,
    reasons: Mapping[UUID, str] | None = None,
    flows: Mapping[str, bool] | None = None,
    wire_format: str = "",
    wire_text: str = "",
) -> Connection:
    """Make the connection, or change the one with the same platform, address and key. It goes live by `go_live`, after the commit.

    `further_keys` are the credentials that the platform needs besides its key; given none, those of before stay, and so does
    who `reminds`. What the platform cannot do is off whatever `flows` say. Raises Refused (`unknown-platform`, `unknown-wire-format`,
    `wire-not-valid`, `secret-not-valid`, `address-missing`, `keys-missing`, `unknown-reference`, `target-not-allowed`).
    """
    kind = kind_in(platform, wire_format, wire_text)
    _check_secret(kind, webhook_secret)
    base_url = _address(kind, base_url)
    connection = _same(platform, base_url, api_key) or Connection(platform=platform, base_url=base_url, created_at=now)
    connection.api_key, connection.mode = api_key, furthest(kind, mode)
    connection.wire_format, connection.wire_text = wire_format, wire_text
    connection.reminds = reminds or connection.reminds
    take_keys(connection, further_keys or connection.further_keys)
    set_flows(connection, flows or {})
    connection.save()
    if webhook_secret:
        add_webhook_secret(connection, webhook_secret, now)
    for ours, theirs in (practitioners or {}).items():
        map_practitioner(connection, ours, theirs, now=now)
    for ours, theirs in (reasons or {}).items():
        map_reason(connection, ours, theirs)
    watch(connection, now)
    return connection


def _address(kind: type[Connector], typed: str) -> str:
    """Where the platform is asked: as typed, else its own. Raises Refused (`address-missing`, `target-not-allowed`)."""
    address = kind.address(typed or kind.default_url)
    if not address:
        raise Refused(_("L’adresse de cette plateforme est à donner."), code="address-missing")
    check_target(address)
    return address


def kind_in(platform: str, wire_format: str, wire_text: str = "") -> type[Connector]:
    """The connector of a platform in that wire format, or as that text describes its wire. Raises Refused (`unknown-platform`,
    `unknown-wire-format`, `wire-not-valid`)."""
    if platform not in platforms():
        raise Refused(_("Plateformes possibles : %(names)s.") % {"names": ", ".join(platforms())}, code="unknown-platform")
    formats = connector_class(platform).wire_formats
    if wire_format and wire_format not in formats:
        names = ", ".join(formats) or _("aucun")
        raise Refused(_("Autres protocoles possibles : %(names)s.") % {"names": names}, code="unknown-wire-format")
    return connector_class(platform, wire_format).adapted(wire_text)


def set_flows(connection: Connection, flows: Mapping[str, bool]) -> None:
    """Switch them; what the platform cannot do is off whatever was asked."""
    for flow, on in flows.items():
        setattr(connection, flow, on)
    for flow in NEEDED:
        if not can(flow, connector_of(connection).capabilities):
            setattr(connection, flow, False)


def furthest(kind: type[Connector], wanted: str) -> str:
    """The mode that a connection can have: where nothing can be written, there is nothing to rehearse either."""
    writes = kind.capabilities & WRITES
    return wanted if writes or wanted == Mode.OFF else Mode.IN


def start(connection: Connection, now: datetime) -> str:
    """Go live as far as the mode wants; answers what hindered it ("" when nothing did). What is left is tried again every minute."""
    try:
        go_live(connection, now)
    except PlatformRefused as problem:
        return str(problem)
    except Exception as problem:  # whatever the platform does, the connection stands and is tried again
        return type(problem).__name__
    return ""


@transaction.atomic
def map_practitioner(connection: Connection, ours: UUID, theirs: str, *, now: datetime) -> None:
    """Say who that is there; what was kept for want of it is applied. Raises Refused `unknown-reference`."""
    if not Practitioner.objects.filter(pk=ours, deleted_at=None).exists():
        raise Refused(_("Praticien inconnu : %(id)s.") % {"id": ours}, code="unknown-reference")
    PractitionerMapping.objects.filter(connection=connection, external_id=theirs).exclude(practitioner_id=ours).delete()
    LeftAlone.objects.filter(connection=connection, kind=There.PRACTITIONER, external_id=theirs).delete()
    PractitionerMapping.objects.update_or_create(connection=connection, practitioner_id=ours, defaults={"external_id": theirs})
    Connection.objects.filter(pk=connection.pk).update(cursor="")  # the next pull reads that agenda whole
    connection.cursor = ""
    inbox.wait_again(InboundEvent.objects.filter(connection=connection, state__in=NOT_RELATED), now)


@transaction.atomic
def leave_alone(connection: Connection, kind: There, theirs: str, *, now: datetime) -> None:
    """Say that this one is not to be related: it is decided, and nothing waits for it any more."""
    LeftAlone.objects.get_or_create(connection=connection, kind=kind, external_id=theirs)
    if kind == There.PRACTITIONER:
        inbox.wait_again(InboundEvent.objects.filter(connection=connection, state=InboundState.UNMAPPED), now)


@transaction.atomic
def map_reason(connection: Connection, ours: UUID, theirs: str) -> None:
    """Say which reason that is there. Raises Refused `unknown-reference`."""
    if not VisitReason.objects.filter(pk=ours, deleted_at=None).exists():
        raise Refused(_("Motif inconnu : %(id)s.") % {"id": ours}, code="unknown-reference")
    LeftAlone.objects.filter(connection=connection, kind=There.REASON, external_id=theirs).delete()
    ReasonMapping.objects.update_or_create(connection=connection, external_id=theirs, defaults={"visit_reason_id": ours})


@transaction.atomic
def map_site(connection: Connection, ours: UUID, theirs: str) -> None:
    """Say which site that is there. Raises Refused `unknown-reference`."""
    if not Site.objects.filter(pk=ours, deleted_at=None).exists():
        raise Refused(_("Site inconnu : %(id)s.") % {"id": ours}, code="unknown-reference")
    LeftAlone.objects.filter(connection=connection, kind=There.SITE, external_id=theirs).delete()
    SiteMapping.objects.update_or_create(connection=connection, external_id=theirs, defaults={"site_id": ours})


def find_connection(wanted: str) -> Connection:
    """The connection of this cabinet with that id. Raises NotFound."""
    try:
        return Connection.objects.get(pk=UUID(wanted))
    except (ValueError, Connection.DoesNotExist) as problem:
        raise NotFound(_("Aucune connexion « %(id)s ».") % {"id": wanted}) from problem


def _check_secret(kind: type[Connector], secret: str) -> None:
    if secret and not kind.is_secret(secret):
        raise Refused(str(kind.secrets_are), code="secret-not-valid")


def add_webhook_secret(connection: Connection, secret: str, now: datetime) -> None:
    """One more secret that the platform signs with. Raises Refused `secret-not-valid`."""
    _check_secret(connector_of(connection), secret)
    add_secret(connection, secret, ours=False, now=now)


def take_keys(connection: Connection, values: Mapping[str, str]) -> None:
    """The credentials besides the key, all that the platform needs. Raises Refused `keys-missing`."""
    kind = connector_of(connection)
    needed = kind.further_keys
    if not set(needed) <= set(values) <= {*needed, *kind.optional_keys}:
        names = ", ".join(needed) or _("aucune")
        raise Refused(_("Clés à donner en plus : %(names)s.") % {"names": names}, code="keys-missing")
    connection.further_keys = values


def _same(platform: str, base_url: str, api_key: str) -> Connection | None:
    """The one with this key, else the one whose key is refused: then this is its new key."""
    known = list(Connection.objects.filter(platform=platform, base_url=base_url))
    same = [connection for connection in known if connection.api_key == api_key]
    refused = [connection for connection in known if connection.last_error.startswith("KeyRefused")]
    return next(iter([*same, *refused]), None)
