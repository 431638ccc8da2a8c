"""What every connector can be asked. A connector only talks and translates; the engine decides (inbox, outbox, reconciliation)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Flag, auto
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from integrations.errors import NotUnderstood, Refused
from integrations.speaking.signatures import is_secret, is_signed
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformEvent, PlatformVisit
from integrations.speaking.wire import Wire


class Capability(Flag):
    """What a platform offers.

    Without UPDATE_VISITS a visit there is moved by cancelling it and booking anew, and lasts as long as its reason says. Without
    MOVE_BUSY a closed time is moved by closing the new and opening the old. Without LOOK_UP what was written is not found again by our
    reference: a creation that was never answered waits for a person.
    """

    PULL_BY_CURSOR = auto()
    WEBHOOKS = auto()
    WRITE_VISITS = auto()
    UPDATE_VISITS = auto()
    WRITE_BUSY = auto()
    MOVE_BUSY = auto()
    CANCEL = auto()
    SNAPSHOT = auto()
    LOOK_UP = auto()


WRITES = Capability.WRITE_VISITS | Capability.WRITE_BUSY


class Connector(ABC):
    """One platform as one account sees it.

    Every method that talks raises Unavailable, Refused, KeyRefused, NotUnderstood, and those that write Taken. `operation`
    is the same for every attempt at the same write; a platform may ignore it.
    """

    slug: ClassVar[str]
    default_url: ClassVar[str]
    capabilities: ClassVar[Capability]
    # How often it is asked what is new.
    poll_every: ClassVar[timedelta] = timedelta(minutes=1)
    # Is there something to ask without any key?
    key_is_optional: ClassVar[bool] = False
    # The names of the credentials needed besides the key `api_key`, and of those that may be given.
    further_keys: ClassVar[tuple[str, ...]] = ()
    optional_keys: ClassVar[tuple[str, ...]] = ()
    # The description of its wire, empty where it is none: an owner may adapt it (`generic_rest`).
    wire_text: ClassVar[str] = ""
    # The headers that a webhook is signed by, in lower case, the signature itself first.
    signature_headers: ClassVar[tuple[str, ...]] = ("webhook-signature", "webhook-timestamp", "webhook-id")
    # How the owner's page calls the key, where « Clé d’accès » would mislead.
    key_label: ClassVar[str | Promise] = ""
    # Other wire formats of the same platform, by the name that a connection chooses them by.
    wire_formats: ClassVar[Mapping[str, "type[Connector]"]] = {}
    # How the secrets of its webhooks are written, for who wrote another.
    secrets_are: ClassVar[str | Promise] = gettext_lazy("Le secret des webhooks s’écrit whsec_ puis du base64.")

    def __init__(self, wire: Wire, zone: ZoneInfo) -> None:
        self.wire = wire
        self.zone = zone

    @classmethod
    def address(cls, text: str) -> str:
        """The base address as it was typed, in the spelling that is asked."""
        return text.strip().rstrip("/")

    @classmethod
    def adapted(cls, text: str) -> "type[Connector]":
        """The same platform as another text than `wire_text` describes it; itself where its wire is not described. Raises a Refused
        `wire-not-valid`."""
        return cls

    @classmethod
    def is_signed(cls, raw: bytes, headers: Mapping[str, str], live_secrets: list[str], now: datetime) -> bool:
        """Does a webhook come from somebody who knows one of the secrets? `headers` are those of `signature_headers`."""
        return is_signed(raw, headers, live_secrets, now)

    @classmethod
    def is_secret(cls, text: str) -> bool:
        """Is this how the platform's secrets are written?"""
        return is_secret(text)

    @classmethod
    @abstractmethod
    def headers(cls, keys: Mapping[str, str]) -> dict[str, str]:
        """What every request carries: the key, the media type. `keys` holds `api_key` and the further ones."""

    @classmethod
    def signer(cls, keys: Mapping[str, str]) -> Callable[[httpx.Request], None] | None:
        """What signs each request when it is ready to leave; `None` where the headers are enough."""
        return None

    @classmethod
    @abstractmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """The event id and the visit's id of a webhook's JSON, empty where they cannot be read. Never fails."""

    @classmethod
    @abstractmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent | None:
        """What a webhook says, `None` when it is about no visit. Raises NotUnderstood."""

    @abstractmethod
    def practitioners(self) -> list[tuple[str, str]]:
        """(id, name) of everybody with an agenda there."""

    @abstractmethod
    def reasons(self) -> list[tuple[str, str]]:
        """(id, name) of every reason there."""

    def reason_minutes(self) -> dict[str, int]:
        """How long the reasons last there, by their ids; empty where the platform does not say."""
        return {}

    @abstractmethod
    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """What changed, cancelled visits included. Raises CursorGone."""

    @abstractmethod
    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """All visits of a window, cancelled ones included."""

    @abstractmethod
    def visit(self, external_id: str) -> PlatformVisit | None:
        """One visit as it is now, `None` when the platform has none under that id."""

    @abstractmethod
    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """The visits that carry our reference."""

    @abstractmethod
    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """The closed times that carry our reference."""

    @abstractmethod
    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Write a visit."""

    @abstractmethod
    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Make `current` (just read) what is wanted. Raises Outdated."""

    @abstractmethod
    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """Cancel it; one that is gone is fine. Raises Outdated."""

    @abstractmethod
    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """Close a time."""

    @abstractmethod
    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """Open it again; one that is gone is fine."""

    @abstractmethod
    def subscribe(self, url: str, secret: str) -> None:
        """Have events sent to `url`, signed with `secret`."""

    def move_busy(self, external_id: str, wanted: PlatformBusy, operation: UUID) -> PlatformBusy | None:
        """Another time for what closes one (MOVE_BUSY), `None` when it is gone there."""
        raise Refused("closed times cannot be moved")


@dataclass(frozen=True, slots=True)
class Page:
    """Events as they came, oldest first, and what names the last of them; none is the end."""

    events: tuple[bytes, ...]
    cursor: str = ""


class FeedConnector(Connector):
    """A platform that is asked for its events one after another: it tells nothing by itself, shows no window and no closed times."""

    poll_every = timedelta(seconds=15)

    @abstractmethod
    def feed(self, cursor: str) -> Page:
        """The events after `cursor`, or all that are kept where it is empty. Raises CursorGone."""

    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """Its feed tells."""
        return Listing((), False)

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """Nothing lists a window."""
        return Listing((), False)

    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """Our references are not kept there."""
        return []

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """No time can be closed there."""
        return []

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """Refused."""
        raise Refused("no closed times")

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """Refused."""
        raise Refused("no closed times")

    def subscribe(self, url: str, secret: str) -> None:
        """Refused."""
        raise Refused("no webhooks")


class SnapshotConnector(Connector):
    """A source that shows everything at once, takes nothing and tells nothing: read when it has changed, compared as a whole."""

    capabilities = Capability.SNAPSHOT

    @abstractmethod
    def has_changed(self, cursor: str) -> bool:
        """Is there anything else than what `cursor` names? What was read to find out serves the next `window`."""

    @property
    @abstractmethod
    def cursor(self) -> str:
        """What names the state that was read."""

    @property
    @abstractmethod
    def unreadable(self) -> frozenset[str]:
        """The events of what was read that could not be understood; `visit` raises NotUnderstood for them."""

    @classmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """It sends nothing."""
        return "", ""

    @classmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent | None:
        """It sends nothing."""
        raise NotUnderstood("no webhooks are expected")

    def practitioners(self) -> list[tuple[str, str]]:
        """Nobody is named."""
        return []

    def reasons(self) -> list[tuple[str, str]]:
        """None is named."""
        return []

    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """Only the whole can be asked for."""
        return Listing((), False)

    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """Nothing of ours is there."""
        return []

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """Nothing of ours is there."""
        return []

    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Refused."""
        raise Refused("read only")

    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Refused."""
        raise Refused("read only")

    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """Refused."""
        raise Refused("read only")

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """Refused."""
        raise Refused("read only")

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """Refused."""
        raise Refused("read only")

    def subscribe(self, url: str, secret: str) -> None:
        """Refused."""
        raise Refused("no webhooks")
