"""A platform whose wire is a statement: paths, names of fields, status words, how time is written. What it does is the same for all."""

import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from integrations.simulators import clock
from integrations.simulators.conditions import where_of
from integrations.simulators.described_reading import Reading
from integrations.simulators.described_writing import Writing
from integrations.simulators.engine import Answer, Call, Engine, Handler
from integrations.simulators.errors import AlreadyCancelled, CursorExpired, Invalid, KeyReused, NotFound, StaleVersion, TimeTaken
from integrations.simulators.paths import found
from integrations.simulators.statement import Statement
from integrations.simulators.visits import Visit
from integrations.simulators.webhooks import signed
from integrations.simulators.wire import Manner, open_cursor, read_count, read_epoch, read_instant, read_text, seal_cursor

MOST_A_PAGE = 200
CODES: Mapping[type[Exception], str] = {
    NotFound: "not_found", TimeTaken: "taken", AlreadyCancelled: "already_cancelled", CursorExpired: "cursor_expired",
    KeyReused: "key_reused", StaleVersion: "stale",
}  # fmt: skip


class Described(ABC):
    """The acts of a platform that a statement describes."""

    slug: str
    label: str
    badge: str
    prefix: str
    default_key: str
    idempotency_header: str = ""
    defaults: Mapping[str, Any]
    wire: Statement
    engine: Engine

    @abstractmethod
    def key_of(self, headers: Mapping[str, str]) -> str:
        """The key that a call brings, or an empty text."""

    @abstractmethod
    def page(self, items: list[Any], *, number: int, size: int, total: int, cursor: str | None, last: bool | None) -> dict[str, Any]:
        """What a page says besides its items; `last` None when it shall not say whether anything follows."""

    @abstractmethod
    def told(self, type_: str, event_id: str, at: str, visit: dict[str, Any]) -> dict[str, Any]:
        """What a webhook carries."""

    def signed(self, secret: str, event_id: str, body: str, *, skew: float = 0) -> dict[str, str]:
        """The headers of a webhook."""
        return signed(secret, event_id, body, skew=skew)

    def new_id(self, kind: str) -> str:
        """A number or a short text."""
        return str(secrets.randbelow(9 * 10**8) + 10**8) if self.wire.numbers else f"{kind[0]}{secrets.token_hex(6)}"

    def phone(self, e164: str) -> str:
        """Numbers are kept in E.164."""
        return e164

    def speaks(self, headers: Mapping[str, str]) -> bool:
        """Whatever the caller wants to read, it gets JSON."""
        return True

    def event_type(self, act: str) -> str:
        """The event's name."""
        return (self.wire.events or {}).get(act, act)

    def event(self, act: str, visit: Visit, event_id: str, manner: Manner) -> dict[str, Any]:
        """What a webhook carries."""
        at = manner.occurred(clock.now(), self.engine.directory.zone)
        return self.told(self.event_type(act), event_id, at, self._writing(manner).visit(visit))

    def error(self, code: str) -> dict[str, Any]:
        """An error's body."""
        return {"code": code}

    def refusal(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of a refusal."""
        if isinstance(error, Invalid):
            body = self.error("unknown" if error.problem == "unknown" else "invalid")
            return (422 if error.problem == "unknown" else 400), body | {"field": error.field, "detail": error.problem}
        status, code = self.wire.refusals[CODES[type(error)]]
        return status, self.error(code)

    def reference_in(self, body: Mapping[str, Any], query: Mapping[str, str]) -> str | None:
        """The caller's own identifier, for the ledger."""
        return found(body, self.wire.fields["reference"]) or query.get(self.wire.asked["reference"])

    def routes(self) -> list[tuple[str, str, Handler]]:
        """Method, path below the prefix, and who answers."""
        wire = self.wire
        one = wire.visits + "/{id}"
        routes: list[tuple[str, str, Handler]] = [
            ("GET", wire.practitioners, self.practitioners),
            ("GET", wire.reasons, self.reasons),
            ("GET", wire.visits, self.visits),
            ("GET", one, self.visit),
            ("GET", wire.busy, self.busy),
            ("POST", wire.busy, self.close_time),
            ("DELETE", wire.busy + "/{id}", self.open_time),
        ]
        if wire.change:
            method, ending = wire.cancel
            writing: list[tuple[str, str, Handler]] = [
                ("POST", wire.visits, self.book), (wire.change, one, self.change), (method, one + ending, self.cancel),
            ]  # fmt: skip
            routes += writing
        return [*routes, ("POST", wire.subscriptions, self.subscribe)] if wire.subscriptions else routes

    # --- what is read -----------------------------------------------------------------------------------------------

    def practitioners(self, call: Call) -> Answer:
        """Everybody with an agenda."""
        return self._whole([self._writing(call.manner).person(each) for each in call.engine.directory.practitioners(call.scope)])

    def reasons(self, call: Call) -> Answer:
        """Every reason."""
        return self._whole([self._writing(call.manner).motive(each) for each in call.engine.directory.motives()])

    def visits(self, call: Call) -> Answer:
        """By change, by window or by the caller's reference, in the order of the last change."""
        if "cursor-expired" in call.faults:
            raise CursorExpired
        return self._by_cursor(call) if self.wire.first_page is None else self._by_number(call, self.wire.first_page)

    def _by_cursor(self, call: Call) -> Answer:
        size = read_count(call.query.get(self.wire.size), self.wire.size, 50, 1, MOST_A_PAGE)
        cursor: dict[str, Any] = open_cursor(call.query["cursor"]) if call.query.get("cursor") else {"query": dict(call.query), "after": 0}
        where, values = self._condition(cursor["query"])
        rows = call.engine.visits.select(
            f"{where} AND updated > ?", *values, cursor["after"], scope=call.scope, order="updated", limit=size + 1
        )
        shown, cut = call.cut_short(rows[:size])
        more = len(rows) > size and not cut
        following = seal_cursor(cursor | {"after": shown[-1].updated}) if more else None
        return self._page(
            call, shown, number=0, size=size, total=len(shown), cursor=following, last=not more and "truncate" not in call.faults
        )

    def _by_number(self, call: Call, first: int) -> Answer:
        number = read_count(call.query.get(self.wire.page), self.wire.page, first, first, 1_000_000)
        size = read_count(call.query.get(self.wire.size), self.wire.size, 50, 1, MOST_A_PAGE)
        where, values = self._condition(call.query)
        total, skipped = call.engine.visits.count(where, *values, scope=call.scope), (number - first) * size
        rows = call.engine.visits.select(where, *values, scope=call.scope, order="updated", limit=size, offset=skipped)
        shown, cut = call.cut_short(rows)
        told = skipped + len(shown) if "truncate-lying" in call.faults else total
        return self._page(call, shown, number=number, size=size, total=told, cursor=None, last=cut or skipped + size >= total)

    def _condition(self, query: Mapping[str, str]) -> tuple[str, list[Any]]:
        read = read_epoch if self.wire.times == "epoch" else read_instant
        return where_of(query, self.wire.asked, self.engine.directory.zone, read)

    def _page(self, call: Call, shown: list[Visit], *, last: bool, **place: Any) -> Answer:
        writing = self._writing(call.manner)
        items = [writing.visit(call.shown(each)) for each in shown]
        rest = self.page(items, last=None if "truncate-silent" in call.faults else last, **place)
        return Answer(200, {self.wire.items: items} | rest)

    def visit(self, call: Call) -> Answer:
        """One visit."""
        return self._answer(call, call.engine.visits.find(call.params["id"], call.scope), 200)

    def busy(self, call: Call) -> Answer:
        """All closed times, or by the caller's reference."""
        reference = call.query.get(self.wire.asked["reference"])
        rows = call.engine.visits.busy("? IS NULL OR client_reference = ?", reference, reference, scope=call.scope)
        return self._whole([self._writing(call.manner).busy(each) for each in rows])

    # --- what is written --------------------------------------------------------------------------------------------

    def book(self, call: Call) -> Answer:
        """A visit."""
        return self._answer(call, call.engine.book(**Reading(self.wire, call).booking(), origin="api"), 201)

    def change(self, call: Call) -> Answer:
        """The fields that are named, the others stay; at the current version where the platform minds."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        self._guard(call, visit)
        return self._answer(call, call.engine.change(visit, origin="api", **Reading(self.wire, call).changes(visit)), 200)

    def cancel(self, call: Call) -> Answer:
        """The visit is cancelled, and stays to be seen."""
        visit = call.engine.visits.find(call.params["id"], call.scope)
        self._guard(call, visit)
        return self._answer(call, call.engine.cancel(visit, origin="api"), 200)

    def close_time(self, call: Call) -> Answer:
        """A time of nobody."""
        busy = call.engine.close_time(**Reading(self.wire, call).closing())
        return Answer(201, self._writing(call.manner).busy(busy), busy.id)

    def open_time(self, call: Call) -> Answer:
        """Open it again."""
        return Answer(204, None, call.engine.visits.open_time(call.params["id"], call.scope).id)

    def subscribe(self, call: Call) -> Answer:
        """Have events sent to an address."""
        names = self.wire.subscription or {}
        url, secret = read_text(call.body, names["url"]), read_text(call.body, names["secret"])
        types = json.dumps(list((self.wire.events or {}).values()))
        return Answer(201, {"id": call.engine.subscribe(str(url), str(secret), types, call.api_key)})

    def _guard(self, call: Call, visit: Visit) -> None:
        if not self.wire.guards_version:
            return
        named = found(call.body, self.wire.fields["version"])
        if not isinstance(named, int) or isinstance(named, bool):
            raise Invalid("version", "missing")
        if named != visit.version:
            raise StaleVersion(visit.version)

    def _answer(self, call: Call, visit: Visit, status: int) -> Answer:
        return Answer(status, self._writing(call.manner).visit(call.shown(visit)), visit.id)

    def _writing(self, manner: Manner) -> Writing:
        return Writing(self.wire, self.engine.directory, manner)

    def _whole(self, items: list[Any]) -> Answer:
        first = self.wire.first_page or 0
        return Answer(
            200, {self.wire.items: items} | self.page(items, number=first, size=MOST_A_PAGE, total=len(items), cursor=None, last=True)
        )
