"""Orders to the simulator itself, under `/_sim/`: for the demo's seed, the tests and the sandbox. From this machine only."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.simulators import clock
from integrations.simulators.engine import Engine
from integrations.simulators.errors import Invalid, NotFound, Refusal, TimeTaken
from integrations.simulators.visits import STATUSES, Busy, Visit
from integrations.simulators.webhooks import post
from integrations.simulators.wire import Manner, read_instant

LOOPBACK = ("127.0.0.1", "::1")
PLAIN = Manner()

Order = Callable[[Engine, Request, Any], Awaitable[Any]]


def routes(engine: Engine) -> list[Route]:
    """All orders; each takes and gives JSON."""
    orders: list[tuple[str, str, Order]] = [
        ("GET", "health", health),
        ("GET", "state", state),
        ("POST", "reset", reset),
        ("POST", "setup", set_up),
        ("POST", "appointments", preload),
        ("POST", "book", book),
        ("POST", "move", move),
        ("POST", "status", mark),
        ("POST", "cancel", cancel),
        ("POST", "send", send),
        ("POST", "resend", resend),
        ("POST", "drain", drain),
        ("POST", "faults", order_faults),
        ("GET", "faults", list_faults),
        ("DELETE", "faults", clear_faults),
        ("POST", "ledger/reset", reset_ledger),
        ("DELETE", "subscriptions", forget_subscriptions),
    ]
    return [_route(engine, method, f"/_sim/{path}", order) for method, path, order in orders]


def _route(engine: Engine, method: str, path: str, order: Order) -> Route:
    async def answer(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            return JSONResponse({"error": "loopback only"}, 403)
        raw = await request.body()
        try:
            return JSONResponse(await order(engine, request, json.loads(raw) if raw else {}))
        except TimeTaken:
            return JSONResponse({"error": "taken"}, 409)
        except NotFound:
            return JSONResponse({"error": "not found"}, 404)
        except (Refusal, KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error) or type(error).__name__}, 400)

    return Route(path, answer, methods=[method])


async def health(engine: Engine, request: Request, body: Any) -> Any:
    """Whether the simulator answers, and which one it is."""
    return {"ok": True, "platform": engine.platform.slug, "now": clock.now().isoformat()}


async def state(engine: Engine, request: Request, body: Any) -> Any:
    """Everything that the platform knows."""
    return {
        "platform": engine.platform.slug,
        "time_zone": str(engine.directory.zone),
        "practitioners": [{"id": each.id, "name": each.name} for each in engine.directory.practitioners()],
        "motives": [{"id": each.id, "name": each.name, "duration": each.duration} for each in engine.directory.motives()],
        "appointments": [shown(engine, visit) for visit in engine.visits.select("1")],
        "busy": [_shown_busy(each) for each in engine.visits.busy("1")],
        "subscriptions": [{"id": row["id"], "url": row["url"]} for row in engine.store.rows("SELECT * FROM subscriptions")],
        "queue": engine.outgoing.waiting(),
    }


async def reset(engine: Engine, request: Request, body: Any) -> Any:
    """Begin again with a fresh store."""
    engine.reset()
    return {"ok": True}


async def set_up(engine: Engine, request: Request, body: Any) -> Any:
    """Practitioners, motives, time zone, keys, echo and idempotency; what is not named stays."""
    engine.directory.set_up(body)
    return {"ok": True}


async def preload(engine: Engine, request: Request, body: Any) -> Any:
    """Visits with given identifiers, overlapping or not; nobody is told."""
    with engine.store.transaction():
        return [shown(engine, engine.preload(_visit(engine, each))) for each in body]


async def book(engine: Engine, request: Request, body: Any) -> Any:
    """Book as a patient would; `force` books on a taken time."""
    visit = _visit(engine, body)
    values: dict[str, Any] = {"practitioner": visit.practitioner, "start": visit.start, "minutes": visit.minutes, "motive": visit.motive}
    booked = engine.book(**values, patient=visit.patient, origin="patient", reference=visit.client_reference, force=bool(body.get("force")))
    return shown(engine, booked)


async def move(engine: Engine, request: Request, body: Any) -> Any:
    """Move as a patient would: `id`, `start`, perhaps `practitioner` and `duration`."""
    visit = engine.visits.find(body["id"])
    start = read_instant(body["start"], "start", engine.directory.zone)
    changes: dict[str, Any] = {"start": start, "end": start + timedelta(minutes=int(body.get("duration", visit.minutes)))}
    changes["practitioner"] = body.get("practitioner", visit.practitioner)
    return shown(engine, engine.change(visit, origin="patient", force=bool(body.get("force")), **changes))


async def mark(engine: Engine, request: Request, body: Any) -> Any:
    """Give a visit another status, as the practitioner would on the platform: `done`, `no_show`, `confirmed`."""
    if body["status"] not in STATUSES:
        raise Invalid("status", f"one of {', '.join(STATUSES)}")
    return shown(engine, engine.change(engine.visits.find(body["id"]), origin="patient", status=body["status"]))


async def cancel(engine: Engine, request: Request, body: Any) -> Any:
    """Cancel as a patient would."""
    return shown(engine, engine.cancel(engine.visits.find(body["id"]), origin="patient"))


async def send(engine: Engine, request: Request, body: Any) -> Any:
    """Send any webhook at once: `body` (text or JSON), `url`, `headers`, `event_id`, `secret`, `skew` seconds, `sign` false for none."""
    subscription = engine.store.row("SELECT * FROM subscriptions ORDER BY rowid LIMIT 1")
    url = body.get("url") or (subscription and subscription["url"])
    if not url:
        raise Invalid("url", "no subscription yet")
    raw = body["body"] if isinstance(body["body"], str) else json.dumps(body["body"], ensure_ascii=False)
    event_id = str(body.get("event_id") or f"evt_{engine.platform.new_id('visit')}")
    secret = body.get("secret") or (subscription and subscription["secret"])
    headers = {"content-type": "application/json"}
    if body.get("sign", True) and secret:
        headers = engine.platform.signed(secret, event_id, raw, skew=float(body.get("skew", 0)))
    headers |= {str(name).lower(): str(value) for name, value in body.get("headers", {}).items()}
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        status, outcome = await post(client, url, raw, headers)
    entry = {"event_id": event_id, "type": "sent by hand", "visit": "", "url": url, "body": raw}
    engine.ledger.delivery(**entry, attempt=1, status=status, outcome=outcome, fault="")
    return {"status": status, "outcome": outcome, "event_id": event_id}


async def resend(engine: Engine, request: Request, body: Any) -> Any:
    """Send an event once more: `event_id`."""
    if not engine.outgoing.resend(body["event_id"]):
        raise NotFound
    return {"ok": True}


async def forget_subscriptions(engine: Engine, request: Request, body: Any) -> Any:
    """Send nothing more to anybody, not even what waits: whoever listens subscribes anew."""
    engine.forget_subscriptions()
    return {"ok": True}


async def drain(engine: Engine, request: Request, body: Any) -> Any:
    """Wait until the queue of webhooks is empty, at most `timeout` seconds (10)."""
    await asyncio.sleep(0)
    return {"drained": await engine.outgoing.drained(float(body.get("timeout", 10))), "queue": engine.outgoing.waiting()}


async def order_faults(engine: Engine, request: Request, body: Any) -> Any:
    """One order or a list of them."""
    with engine.store.transaction():
        return [engine.faults.order(each) for each in (body if isinstance(body, list) else [body])]


async def list_faults(engine: Engine, request: Request, body: Any) -> Any:
    """All orders with what remains of each."""
    return engine.faults.listing()


async def clear_faults(engine: Engine, request: Request, body: Any) -> Any:
    """Behave again."""
    engine.faults.clear()
    return []


async def reset_ledger(engine: Engine, request: Request, body: Any) -> Any:
    """Forget the calls and deliveries seen."""
    engine.ledger.reset()
    return {"ok": True}


def shown(engine: Engine, visit: Visit) -> dict[str, Any]:
    """A visit in the words of these orders, which are the same for every platform."""
    return {
        "id": visit.id,
        "practitioner": visit.practitioner,
        "motive": visit.motive,
        "start": PLAIN.time(visit.start, engine.directory.zone),
        "end": PLAIN.time(visit.end, engine.directory.zone),
        "duration": visit.minutes,
        "status": visit.status,
        "version": visit.version,
        "client_reference": visit.client_reference,
        "patient": dict(visit.patient),
        "origin": visit.origin,
    }


def _shown_busy(busy: Busy) -> dict[str, Any]:
    times = {"start": busy.start.isoformat().replace("+00:00", "Z"), "end": busy.end.isoformat().replace("+00:00", "Z")}
    return {"id": busy.id, "practitioner": busy.practitioner} | times | {"client_reference": busy.client_reference}


def _visit(engine: Engine, body: Mapping[str, Any]) -> Visit:
    motive = engine.directory.motive(body.get("motive"))
    if not engine.directory.practitioner(body["practitioner"]):
        raise Invalid("practitioner", "unknown")
    start = read_instant(body["start"], "start", engine.directory.zone)
    minutes = int(body.get("duration") or (motive.duration if motive else 30))
    key = body.get("id") or engine.platform.new_id("visit")
    patient = {"first_name": "Nour", "last_name": "Haddad", "birth_date": "1990-04-11", "phone": None, "email": None}
    return Visit(
        *(key, key, body["practitioner"], body.get("motive"), start, start + timedelta(minutes=minutes)),
        *(body.get("status", "confirmed"), int(body.get("version", 1)), body.get("client_reference")),
        *(patient | dict(body.get("patient", {})), "preloaded"),
    )
