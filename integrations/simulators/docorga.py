"""Docorga's words on the wire: `/rest`, name and password, numbered pages, wall time with an end, the instant of the last change."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from integrations.simulators.described import Described
from integrations.simulators.statement import Statement

_TIMED = {"id": "id", "practitioner": "agenda", "start": "debut", "end": "fin", "reference": "reference"}


class Docorga(Described):
    """The platform that speaks French. Its ids are numbers; it knows no idempotency key and takes whatever change comes last."""

    slug = "docorga"
    label = "Docorga"
    badge = "Do"
    prefix = "/rest"
    default_key = "cabinet:sim-docorga-key"
    defaults: Mapping[str, Any] = {
        "practitioners": [
            {"id": "501", "name": "Dr Hélène Aubry", "speciality": "Médecin généraliste"},
            {"id": "502", "name": "Dr Karim Benali", "speciality": "Médecin généraliste"},
        ],
        "motives": [
            {"id": "61", "name": "Consultation de suivi", "duration": 20},
            {"id": "62", "name": "Première consultation", "duration": 30},
        ],
    }
    wire = Statement(
        visits="/rdv",
        practitioners="/agendas",
        reasons="/motifs",
        busy="/blocages",
        fields=_TIMED
        | {
            "reason": "motif",
            "status": "etat",
            "changed": "modifie_le",
            "patient": "patient.id",
            "first_name": "patient.prenom",
            "last_name": "patient.nom",
            "maiden_name": "patient.nom_naissance",
            "birth_date": "patient.ne_le",
            "phone": "patient.telephone",
            "email": "patient.courriel",
        },
        busy_fields=_TIMED,
        person={"id": "id", "name": "nom"},
        motive={"id": "id", "name": "libelle", "minutes": "duree"},
        statuses={"confirmed": "confirme", "cancelled": "annule", "no_show": "absent", "done": "honore"},
        asked={"reference": "reference", "since": "depuis", "from": "du", "to": "au", "practitioner": "agenda"},
        refusals={
            "not_found": (404, "introuvable"),
            "taken": (422, "creneau_pris"),
            "already_cancelled": (409, "deja_annule"),
            "cursor_expired": (410, "liste_expiree"),
        },
        items="resultats",
        times="local",
        first_page=1,
        size="par_page",
        change="PUT",
        subscriptions="/abonnements",
        subscription={"url": "adresse", "secret": "secret"},
        events={"created": "rdv.cree", "updated": "rdv.modifie", "cancelled": "rdv.annule"},
        numbers=True,
    )

    def key_of(self, headers: Mapping[str, str]) -> str:
        """`name:password`, or an empty text."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        try:
            return base64.b64decode(value).decode() if scheme == "Basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            return ""

    def page(self, items: list[Any], *, number: int, size: int, total: int, cursor: str | None, last: bool | None) -> dict[str, Any]:
        """The page's number and the total."""
        return {"page": number} | ({} if last is None else {"total": total})

    def told(self, type_: str, event_id: str, at: str, visit: dict[str, Any]) -> dict[str, Any]:
        """What a webhook carries."""
        return {"id": event_id, "type": type_, "date": at, "rdv": visit}
