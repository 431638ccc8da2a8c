"""What a platform's wire is, as data: the calls, where things lie in the answers, how they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.speaking.base import Capability
from integrations.speaking.vocabulary import VisitStatus


@dataclass(frozen=True, slots=True)
class Authentication:
    """How a call shows its key: `bearer`, `basic` (the key is `name:password`) or in a `header` of that name."""

    scheme: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Query and body hold `{placeholders}`; `answer` is the path to the object that the answer is about."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list goes on (`cursor`, `numbers` or `none`), and what says that nothing is missing: a flag that is true at the end, one
    that is false at the end (`more`), or how many there are in all."""

    style: str
    ask: str = ""
    next: str = ""
    first: int = 0
    size_name: str = ""
    size: int = 100
    complete: str = ""
    more: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """A list of people or of reasons: the call, where its items lie, and the paths of an item's id, name and minutes."""

    call: Call
    items: str
    id: str
    name: str
    minutes: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What can be done with visits, or with closed times: the calls by their names, where a list's items lie, the paths of the fields."""

    calls: Mapping[str, Call]
    items: str
    fields: Mapping[str, str]

    def can(self, *names: str) -> bool:
        """Are all these calls described?"""
        return all(name in self.calls for name in names)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that means something: the status, and at a path one of these words (any, where none is given)."""

    status: int
    path: str = ""
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """How webhooks are signed: as Standard Webhooks (`standard`), or by a MAC of the body in a header (`hmac`, SHA-256), of
    `<seconds>.<body>` where the seconds come in another header."""

    scheme: str = "standard"
    header: str = "Webhook-Signature"
    prefix: str = ""
    encoding: str = "hex"
    timestamp: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that it lies in, in lower case, the signature itself first."""
        return tuple(name.lower() for name in (self.header, self.timestamp) if name)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What is told by itself: how it is asked for, how it is signed, and what an event looks like. `kinds` says of each kind what it is:
    `told`, `cancelled` or `ignored`."""

    subscribe: Call
    signature: Signature
    kind: str
    visit: str
    kinds: Mapping[str, str]
    event_id: str = ""
    occurred_at: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """The whole. `said` are the status words that are written, `statuses` all that are understood."""

    authentication: Authentication
    times: str
    practitioners: Names
    visits: Part
    paging: Paging
    statuses: Mapping[str, VisitStatus]
    said: Mapping[VisitStatus, str]
    reasons: Names | None = None
    closed_times: Part | None = None
    refusals: Mapping[str, tuple[Refusal, ...]] = field(default_factory=dict)
    webhooks: Webhooks | None = None
    idempotency: str = ""
    number_ids: bool = False

    @property
    def capabilities(self) -> Capability:
        """What the platform offers, by the calls that are described."""
        found = Capability.PULL_BY_CURSOR | Capability.SNAPSHOT
        if self.visits.can("create"):
            found |= Capability.WRITE_VISITS | Capability.CANCEL
        if self.visits.can("update"):
            found |= Capability.UPDATE_VISITS
        if self.closed_times is not None and self.closed_times.can("create"):
            found |= Capability.WRITE_BUSY
        if self.webhooks is not None:
            found |= Capability.WEBHOOKS
        if all(part.can("of_reference") for part in (self.visits, self.closed_times) if part is not None and part.can("create")):
            found |= Capability.LOOK_UP
        return found
