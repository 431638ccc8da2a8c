"""What a Keldoc account has: agendas, motives, specialties, and the one address that its events are sent to."""

import json
from typing import Any

from integrations.simulators.engine import Answer, Call
from integrations.simulators.errors import NotFound
from integrations.simulators.keldoc_reading import number
from integrations.simulators.wire import read_text

EVENT_OF = {"created": "appointment.created", "updated": "appointment.updated", "cancelled": "appointment.canceled"}
SPECIALTY = {"id": 1, "name": "Médecine générale"}


def config(call: Call) -> Answer:
    """GET /config."""
    return Answer(200, {"agendas": _agendas(call), "motives": _motives(call), "specialties": [SPECIALTY]})


def agendas(call: Call) -> Answer:
    """GET /agendas."""
    return Answer(200, _agendas(call))


def motives(call: Call) -> Answer:
    """GET /motives, durations in minutes."""
    return Answer(200, _motives(call))


def specialties(call: Call) -> Answer:
    """GET /specialties."""
    return Answer(200, [SPECIALTY])


def webhook(call: Call) -> Answer:
    """GET /config/webhooks: the account's one address."""
    return Answer(200, {"url": _known(call)["url"]})


def subscribe(call: Call) -> Answer:
    """POST /config/webhooks {url, secret}; a second address is refused."""
    url, secret = str(read_text(call.body, "url")), str(read_text(call.body, "secret"))
    if call.engine.store.row("SELECT 1 FROM subscriptions WHERE api_key = ?", call.api_key):
        return Answer(422, {"error": "validation", "errors": {"url": ["one per account"]}})
    call.engine.subscribe(url, secret, json.dumps(list(EVENT_OF.values())), call.api_key)
    return Answer(201, {"url": url})


def replace_webhook(call: Call) -> Answer:
    """PUT /config/webhooks {url, secret}: another address or secret; what is queued follows."""
    url, secret = str(read_text(call.body, "url")), str(read_text(call.body, "secret"))
    wanted = _known(call)["id"]
    call.engine.store.execute("UPDATE subscriptions SET url = ?, secret = ? WHERE id = ?", url, secret, wanted)
    call.engine.store.execute("UPDATE queue SET url = ? WHERE subscription = ?", url, wanted)
    return Answer(200, {"url": url})


def unsubscribe(call: Call) -> Answer:
    """DELETE /config/webhooks."""
    call.engine.store.execute("DELETE FROM subscriptions WHERE id = ?", _known(call)["id"])
    return Answer(204)


def _agendas(call: Call) -> list[dict[str, Any]]:
    return [{"id": number(each.id), "name": each.name} for each in call.engine.directory.practitioners(call.scope)]


def _motives(call: Call) -> list[dict[str, Any]]:
    return [
        {"id": number(each.id), "name": each.name, "specialty_id": SPECIALTY["id"], "duration": each.duration}
        for each in call.engine.directory.motives()
    ]


def _known(call: Call) -> Any:
    row = call.engine.store.row("SELECT * FROM subscriptions WHERE api_key = ?", call.api_key)
    if row is None:
        raise NotFound
    return row
