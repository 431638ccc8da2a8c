"""One connector for every platform whose wire is described; what the description has no call for, the platform cannot do."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from integrations.errors import CursorGone, NotUnderstood, Outdated, Refused, Taken
from integrations.generic_rest.description import Call, Description, Names, Part, Refusal
from integrations.generic_rest.paths import find
from integrations.generic_rest.payloads import Words
from integrations.generic_rest.signing import SHORTEST_SECRET, is_signed_by_mac
from integrations.generic_rest.templates import fill, fill_path
from integrations.generic_rest.understanding import understand
from integrations.generic_rest.walking import walk
from integrations.speaking.base import Connector
from integrations.speaking.vocabulary import Listing, PlatformBusy, PlatformEvent, PlatformVisit, VisitStatus, with_status
from integrations.speaking.wire import Reply, Wire, needed, refused

_OWN_SECRETS = gettext_lazy("Le secret des webhooks de cette plateforme compte au moins 16 caractères.")
_NAME_AND_PASSWORD = gettext_lazy("Identifiant et mot de passe, séparés par un deux-points")
UTC_ZONE = ZoneInfo("UTC")


class GenericRestConnector(Connector):
    """A platform as its description has it. Subclasses say which (`described`, `wire_text`)."""

    default_url = ""
    described: ClassVar[Description]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.capabilities = cls.described.capabilities
        told, basic = cls.described.webhooks, cls.described.authentication.scheme == "basic"
        own = told if told is not None and told.signature.scheme != "standard" else None
        # Each said anew: an adapted class must not keep what the one that it adapts has.
        cls.signature_headers = own.signature.headers if own else Connector.signature_headers
        cls.secrets_are = _OWN_SECRETS if own else Connector.secrets_are
        cls.key_label = _NAME_AND_PASSWORD if basic else Connector.key_label

    def __init__(self, wire: Wire, zone: ZoneInfo) -> None:
        super().__init__(wire, zone)
        self.words = Words(self.described, zone)
        meant = (each.status for refusals in self.described.refusals.values() for each in refusals)
        wire.answers = wire.answers | set(meant)
        wire.idempotency_header = self.described.idempotency or wire.idempotency_header

    @classmethod
    def adapted(cls, text: str) -> type[Connector]:
        """The same platform as another description has it. Raises DescriptionNotValid."""
        return _adapted(cls, text) if text else cls

    # --- who we are, and who they are ---------------------------------------------------------------------------------

    @classmethod
    def headers(cls, keys: Mapping[str, str]) -> dict[str, str]:
        """The key as it is shown."""
        key, shown = keys["api_key"], cls.described.authentication
        if shown.scheme == "header":
            return {shown.header: key}
        if shown.scheme == "basic":
            return {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}
        return {"Authorization": f"Bearer {key}"}

    @classmethod
    def is_signed(cls, raw: bytes, headers: Mapping[str, str], live_secrets: list[str], now: datetime) -> bool:
        """As the description says."""
        told = cls.described.webhooks
        if told is None:
            return False
        if told.signature.scheme == "standard":
            return super().is_signed(raw, headers, live_secrets, now)
        return is_signed_by_mac(raw, headers, told.signature, live_secrets, now)

    @classmethod
    def is_secret(cls, text: str) -> bool:
        """Platforms with a signature of their own write their secrets as they like."""
        told = cls.described.webhooks
        own = told is not None and told.signature.scheme != "standard"
        return len(text) >= SHORTEST_SECRET if own else super().is_secret(text)

    @classmethod
    def keys_of(cls, values: Mapping[str, Any]) -> tuple[str, str]:
        """The event id and the visit's id."""
        return Words(cls.described, UTC_ZONE).keys_of(values)

    @classmethod
    def read_event(cls, raw: bytes, zone: ZoneInfo) -> PlatformEvent | None:
        """What a webhook says."""
        return Words(cls.described, zone).event(raw)

    # --- what is read -------------------------------------------------------------------------------------------------

    def practitioners(self) -> list[tuple[str, str]]:
        """Everybody with an agenda."""
        return [(key, name) for key, name, _minutes in self._named(self.described.practitioners)]

    def reasons(self) -> list[tuple[str, str]]:
        """Every reason, where the platform has any."""
        reasons = self.described.reasons
        return [(key, name) for key, name, _minutes in self._named(reasons)] if reasons else []

    def reason_minutes(self) -> dict[str, int]:
        """How long they last, where it is said."""
        reasons = self.described.reasons
        return {key: minutes for key, _name, minutes in self._named(reasons) if minutes} if reasons else {}

    def changed_since(self, since: datetime, cursor: str = "") -> Listing:
        """What changed, page after page."""
        return self._visits("changed", since=self.words.moment(since))

    def window(self, start: datetime, end: datetime, practitioner: str = "") -> Listing:
        """A window, page after page."""
        limits = {"from": self.words.moment(start), "to": self.words.moment(end)}
        return self._visits("window", **limits, practitioner=practitioner)

    def visit(self, external_id: str) -> PlatformVisit | None:
        """One visit."""
        call = self.described.visits.calls["one"]
        reply = self._ask(call, {"id": external_id})
        return None if reply.status == 404 else self.words.visit(_about(needed(reply), call))

    def visits_of(self, client_reference: str) -> list[PlatformVisit]:
        """Those that carry our reference; none where visits are not written."""
        if not self.described.visits.can("of_reference"):
            return []
        found = self._visits("of_reference", reference=client_reference).visits
        return [visit for visit in found if visit.client_reference == client_reference]

    def busy_of(self, client_reference: str) -> list[PlatformBusy]:
        """The closed times that carry our reference."""
        part = self.described.closed_times
        if part is None or not part.can("of_reference"):
            return []
        items, _complete = self._list(part.calls["of_reference"], part.items, {"reference": client_reference})
        return [busy for busy in map(self.words.busy, items) if busy.client_reference == client_reference]

    # --- what is written ----------------------------------------------------------------------------------------------

    def create_visit(self, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Write it."""
        call = self._call(self.described.visits, "create")
        reply = self._send(call, self.words.said_of_visit(wanted), operation, wanted.client_reference)
        return self._written(reply, call, "")

    def update_visit(self, current: PlatformVisit, wanted: PlatformVisit, operation: UUID) -> PlatformVisit:
        """Change it; nothing is sent where it would say what stands there."""
        call = self._call(self.described.visits, "update")
        said, standing = (self.words.said_of_visit(each, current) for each in (wanted, _as_it_stands(current, wanted)))
        if _request(call, said) == _request(call, standing):
            return current
        return self._written(self._send(call, said, _at(operation, current), wanted.client_reference), call, current.external_id)

    def cancel_visit(self, current: PlatformVisit, operation: UUID) -> None:
        """Cancel it; one that is gone is fine."""
        call = self._call(self.described.visits, "cancel")
        if current.status == VisitStatus.CANCELLED:
            return
        said = self.words.said_of_visit(with_status(current, VisitStatus.CANCELLED), current)
        self._gone(self._send(call, said, _at(operation, current)))

    def create_busy(self, wanted: PlatformBusy, operation: UUID) -> PlatformBusy:
        """Close a time."""
        part = self._closed_times()
        call = self._call(part, "create")
        reply = self._send(call, self.words.said_of_busy(wanted), operation, wanted.client_reference)
        self._check(reply)
        return replace(wanted, external_id=self.words.identifier(_about(needed(reply), call), part.fields))

    def delete_busy(self, external_id: str, operation: UUID) -> None:
        """Open it again; one that is gone is fine."""
        self._gone(self._send(self._call(self._closed_times(), "delete"), {"id": self.words.id(external_id)}, operation))

    def subscribe(self, url: str, secret: str) -> None:
        """Have events sent."""
        if self.described.webhooks is None:
            raise Refused("no webhooks")
        reply = self._send(self.described.webhooks.subscribe, {"url": url, "secret": secret})
        if reply.status >= 300:
            raise refused(reply)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _closed_times(self) -> Part:
        return self.described.closed_times or Part({}, "", {})

    def _call(self, part: Part, name: str) -> Call:
        if name not in part.calls:
            raise Refused(f"not offered: {name}")
        return part.calls[name]

    def _ask(self, call: Call, values: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> Reply:
        reply = self.wire.get(_address(call, values, more or {}))
        if _means(reply, self.described.refusals.get("cursor_gone", ())):
            raise CursorGone(str(reply.status))
        return reply

    def _send(self, call: Call, values: Mapping[str, Any], operation: UUID | None = None, reference: str = "") -> Reply:
        address, body = _request(call, values)
        return self.wire.send(call.method, address, body, operation=operation, reference=reference)

    def _list(self, call: Call, items: str, values: Mapping[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        """All items, and whether the platform itself says that none is missing."""
        return walk(self.described.paging, lambda more: needed(self._ask(call, values, more)), lambda page: self.words.items(page, items))

    def _visits(self, name: str, **values: Any) -> Listing:
        part = self.described.visits
        items, complete = self._list(part.calls[name], part.items, values)
        visits = {visit.external_id: visit for visit in map(self.words.visit, items)}
        return Listing(tuple(visits.values()), complete and len(visits) == len(items))

    def _named(self, names: Names) -> list[tuple[str, str, int | None]]:
        items, _complete = self._list(names.call, names.items, {})
        return [self.words.named(each, names) for each in items]

    def _written(self, reply: Reply, call: Call, external_id: str) -> PlatformVisit:
        """The visit as it stands after a write, asked for where the answer does not show it. Raises Taken, Outdated, Refused."""
        self._check(reply)
        told = None if reply.status == 204 else _about(needed(reply), call)
        fields = self.described.visits.fields
        if told is not None and find(told, fields["start"]) is not None:
            return self.words.visit(told)
        found = self.visit(external_id or self.words.identifier(told, fields))
        if found is None:
            raise NotUnderstood("written, and not to be found")
        return found

    def _check(self, reply: Reply) -> None:
        if _means(reply, self.described.refusals.get("taken", ())):
            raise Taken(str(reply.status))
        if _means(reply, self.described.refusals.get("changed", ())):
            raise Outdated(str(reply.status))

    def _gone(self, reply: Reply) -> None:
        if reply.status == 404:
            return
        self._check(reply)
        if reply.status >= 300:
            raise refused(reply)


@lru_cache(maxsize=64)
def _adapted(kind: type[GenericRestConnector], text: str) -> type[GenericRestConnector]:
    return cast(type[GenericRestConnector], type(f"Adapted{kind.__name__}", (kind,), {"described": understand(text)}))


def _at(operation: UUID, current: PlatformVisit) -> UUID:
    """The operation against this version of a visit: what is said of another one is another request, and must not bear the same id."""
    return uuid5(operation, str(current.version))


def _request(call: Call, values: Mapping[str, Any]) -> tuple[str, Any]:
    """Address and body of a write."""
    return _address(call, values, {}), fill(call.body, values)


def _address(call: Call, values: Mapping[str, Any], more: Mapping[str, Any]) -> str:
    query = {name: each for name, each in {**fill(call.query, values), **more}.items() if each is not None}
    path = fill_path(call.path, values)
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query)}" if query else path


def _about(body: Mapping[str, Any], call: Call) -> Any:
    return find(body, call.answer)


def _means(reply: Reply, refusals: tuple[Refusal, ...]) -> bool:
    """Is this answer one of those?"""
    return any(each.status == reply.status and (not each.path or str(find(reply.body, each.path)) in each.says) for each in refusals)


def _as_it_stands(current: PlatformVisit, wanted: PlatformVisit) -> PlatformVisit:
    """What stands there, in the words that only we know taken from what is wanted."""
    return replace(current, reason=wanted.reason, client_reference=wanted.client_reference, patient=wanted.patient)
