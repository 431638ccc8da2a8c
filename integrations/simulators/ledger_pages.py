"""The ledger as a page and as JSON, with a small form to order a fault."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from integrations.simulators.engine import Engine
from integrations.simulators.faults import KINDS
from integrations.simulators.ledger import PAGE
from integrations.simulators.pages import Pages

FRENCH_KINDS = {
    "429": "429, trop de requêtes",
    "402": "402, quota épuisé",
    "500": "500, erreur interne",
    "502": "502, passerelle",
    "503": "503, indisponible",
    "401": "401, clé refusée",
    "maintenance": "page de maintenance en 200",
    "reset": "connexion coupée",
    "half-open": "connexion muette",
    "slow-bytes": "octets au compte-gouttes",
    "answer-lost": "écrit, mais réponse perdue",
    "refuse": "connexion refusée un moment",
    "delay": "retard",
    "truncate": "page tronquée, annoncée",
    "truncate-silent": "page tronquée, sans mention",
    "truncate-lying": "page tronquée, dite complète",
    "cursor-expired": "curseur expiré (410)",
    "duplicate": "webhook en double",
    "reorder": "webhook après le suivant",
    "drop": "webhook jamais envoyé",
    "forge": "webhook mal signé",
    "stale": "webhook à l’horodatage ancien",
    "rewrite-ids": "identifiants réécrits",
    "time-format": "autre format d’heure",
    "text": "noms en capitales ou tronqués",
    "clock-skew": "horloge décalée",
    "omit": "champs absents",
}


class LedgerPages:
    """What the simulator saw and sent."""

    def __init__(self, engine: Engine, pages: Pages) -> None:
        self.engine = engine
        self.pages = pages

    def routes(self) -> list[Route]:
        """The ledger's addresses."""
        return [
            Route("/ledger", self.page),
            Route("/ledger.json", self.as_json),
            Route("/ledger/faults", self.order, methods=["POST"]),
            Route("/ledger/faults/clear", self.clear, methods=["POST"]),
            Route("/ledger/reset", self.reset, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """For people."""
        kinds = [(kind, FRENCH_KINDS[kind], next(iter(KINDS[kind]), "")) for kind in KINDS]
        orders = [order | {"label": FRENCH_KINDS[order["kind"]]} for order in self.engine.faults.listing()]
        patterns = [f"{method} {path}" for method, path, _ in self.engine.platform.routes()]
        return self.pages.show(request, "ledger.html", **self._seen(request, 60), kinds=kinds, orders=orders, patterns=patterns)

    async def as_json(self, request: Request) -> Response:
        """For programs: `{"calls": […], "webhooks": […], "waiting": n}`, newest first."""
        return JSONResponse({name: value for name, value in self._seen(request, PAGE).items() if name != "filter"})

    async def order(self, request: Request) -> Response:
        """Order a fault from the page; the one value goes to the kind's first option."""
        values = dict(await request.form())
        kind, value = str(values.get("kind")), str(values.get("value", "")).strip()
        wanted: dict[str, Any] = {"on": str(values.get("on", "")).strip(), "kind": kind}
        times = str(values.get("times", "1"))
        wanted["times"] = int(times) if times.isdigit() and times != "0" else None
        name = next(iter(KINDS.get(kind, {})), "")
        if value and name:
            wanted[name] = value.split() if name == "fields" else (value if name in ("format", "text") else _number(value))
        if kind in KINDS and wanted.get(name, "") is not None:
            self.engine.faults.order(wanted)
        return RedirectResponse("/ledger", 303)

    async def clear(self, request: Request) -> Response:
        """Behave again."""
        self.engine.faults.clear()
        return RedirectResponse("/ledger", 303)

    async def reset(self, request: Request) -> Response:
        """Forget what was seen."""
        self.engine.ledger.reset()
        return RedirectResponse("/ledger", 303)

    def _seen(self, request: Request, default: int) -> dict[str, Any]:
        query = request.query_params
        asked = query.get("limit", "")
        limit = int(asked) if asked.isdigit() else default
        chosen = {"appointment": query.get("appointment", ""), "reference": query.get("client_reference", "")}
        calls = self.engine.ledger.calls(**chosen, method=query.get("method", ""), path=query.get("path", ""), limit=limit)
        webhooks = self.engine.ledger.deliveries(**chosen, limit=limit)
        return {"calls": calls, "webhooks": webhooks, "waiting": self.engine.outgoing.waiting(), "filter": chosen}


def _number(text: str) -> float | None:
    """A number as people write it, or None."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
