"""Medoucine's words on the wire: `/v1`, a key in a header, seconds since 1970. It tells nobody anything, and takes no visit but its own."""

from collections.abc import Mapping
from typing import Any

from integrations.simulators.described import Described
from integrations.simulators.statement import Statement

_TIMED = {"id": "uuid", "practitioner": "practitioner_uuid", "start": "from", "seconds": "length", "reference": "foreign_key"}


class Medoucine(Described):
    """The platform of gentle medicine: to be asked, and told which times are closed."""

    slug = "medoucine"
    label = "Medoucine"
    badge = "Me"
    prefix = "/v1"
    default_key = "sim-medoucine-key"
    defaults: Mapping[str, Any] = {
        "practitioners": [
            {"id": "th-1", "name": "Hélène Aubry", "speciality": "Sophrologue"},
            {"id": "th-2", "name": "Karim Benali", "speciality": "Ostéopathe"},
        ],
        "motives": [
            {"id": "se-1", "name": "Séance de suivi", "duration": 20},
            {"id": "se-2", "name": "Première séance", "duration": 30},
        ],
    }
    wire = Statement(
        visits="/bookings",
        practitioners="/practitioners",
        reasons="/services",
        busy="/unavailabilities",
        fields=_TIMED
        | {
            "reason": "service_uuid",
            "status": "status",
            "version": "rev",
            "patient": "client.uuid",
            "first_name": "client.first_name",
            "last_name": "client.last_name",
            "phone": "client.phone",
            "email": "client.email",
        },
        busy_fields=_TIMED,
        person={"id": "uuid", "name": "label"},
        motive={"id": "uuid", "name": "label", "minutes": "minutes"},
        statuses={"confirmed": "active", "cancelled": "canceled", "no_show": "missed", "done": "past"},
        asked={"reference": "foreign_key", "since": "since", "from": "after", "to": "before", "practitioner": "practitioner_uuid"},
        refusals={
            "not_found": (404, "not_found"),
            "taken": (409, "busy"),
            "already_cancelled": (409, "canceled"),
            "cursor_expired": (410, "gone"),
        },
        items="data",
        times="epoch",
        first_page=0,
        size="per",
    )

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The key, or an empty text."""
        return headers.get("x-medoucine-token", "")

    def page(self, items: list[Any], *, number: int, size: int, total: int, cursor: str | None, last: bool | None) -> dict[str, Any]:
        """How many there are, and whether more follow."""
        return {"meta": {"count": total} | ({} if last is None else {"has_more": not last})}

    def told(self, type_: str, event_id: str, at: str, visit: dict[str, Any]) -> dict[str, Any]:
        """It tells nobody."""
        return {}
