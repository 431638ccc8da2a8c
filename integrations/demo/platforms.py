"""The demo's two platforms: the simulators know the same practitioners and the visits taken there, and the cabinet is connected live."""

import secrets
from base64 import b64encode
from datetime import timedelta
from typing import Any

from agenda.actors import Actor
from agenda.models import OpeningHours, Practitioner, VisitReason
from agenda.scheduling import import_visit
from integrations.comparison.reconciliation import reconcile
from integrations.connections.connecting import connect, start
from integrations.models import Connection, Mode
from integrations.simulators.client import Simulator
from medidesk import clock
from medidesk.cabinets.models import Cabinet
from patients.models import Patient

API_KEY = "demo-{platform}-key"
# What the platforms call our practitioners and reasons: their own spelling of ids.
PRACTITIONER_ID = {"doctolib": "pra_{n:03d}", "maiia": "p-{n}"}
REASON_ID = {"doctolib": "mot_{n}", "maiia": "cr-{n}"}
VISIT_ID = {"doctolib": "apt_{n:06d}", "maiia": "m-{n:05d}"}


def connect_platforms(cabinet: Cabinet, addresses: dict[str, str], visits: list[dict]) -> None:
    """Give the simulators their side of the demo and go live; a platform without an address leaves its visits simply imported."""
    with cabinet:
        for platform, address in addresses.items():
            taken = [visit for visit in visits if visit["platform"] == platform]
            if address:
                _connect(cabinet, platform, address, taken)
            else:
                _import(platform, taken)


def follow_platforms(cabinet: Cabinet, addresses: dict[str, str]) -> None:
    """The simulators may answer elsewhere today, and so may we: connections learn it, webhooks go here and nowhere else."""
    with cabinet:
        for connection in Connection.objects.filter(platform__in=[name for name, address in addresses.items() if address]):
            connection.base_url = _api(connection.platform, addresses[connection.platform])
            simulator = Simulator(addresses[connection.platform])
            simulator.forget_subscriptions()
            simulator.close()
            connection.webhook_registered_at = None
            connection.save(update_fields=["base_url", "webhook_registered_at"])
            start(connection, clock.now())


def _api(platform: str, address: str) -> str:
    return address.rstrip("/") + {"doctolib": "/v1", "maiia": "/v2"}[platform]


def _connect(cabinet: Cabinet, platform: str, address: str, visits: list[dict]) -> None:
    practitioners = list(Practitioner.objects.filter(bookable_online=True).order_by("position"))
    reasons = list(VisitReason.objects.order_by("position"))
    theirs = {row.id: PRACTITIONER_ID[platform].format(n=n) for n, row in enumerate(practitioners, 1)}
    motives = {row.id: REASON_ID[platform].format(n=n) for n, row in enumerate(reasons, 1)}
    simulator = Simulator(address)
    simulator.reset()
    simulator.setup(
        practitioners=[{"id": theirs[row.id], "name": row.name, "hours": _hours(row)} for row in practitioners],
        motives=[{"id": motives[row.id], "name": row.name, "duration": row.duration_minutes} for row in reasons],
        time_zone=cabinet.time_zone,
        api_key=API_KEY.format(platform=platform),
    )
    simulator.preload([_preloaded(platform, n, visit, theirs, motives) for n, visit in enumerate(visits, 1)])
    connection = connect(
        platform=platform,
        base_url=_api(platform, address),
        api_key=API_KEY.format(platform=platform),
        webhook_secret="whsec_" + b64encode(secrets.token_bytes(24)).decode(),
        mode=Mode.BOTH,
        practitioners=theirs,
        reasons=motives,
        now=clock.now(),
    )
    reconcile(connection, clock.now())
    start(connection, clock.now())


def _hours(practitioner: Practitioner) -> list[dict[str, Any]]:
    """The practitioner's weekly hours in the simulator's words."""
    weekly = OpeningHours.objects.filter(practitioner=practitioner, weekday__isnull=False, audience="everyone").order_by(
        "weekday", "start_minute"
    )
    return [{"weekday": row.weekday, "start": _clock(row.start_minute), "end": _clock(row.end_minute)} for row in weekly]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _preloaded(platform: str, number: int, visit: dict, theirs: dict, motives: dict) -> dict[str, Any]:
    patient: Patient = visit["patient"]
    return {
        "id": VISIT_ID[platform].format(n=number),
        "practitioner": theirs[visit["practitioner"].id],
        "start": visit["start"].isoformat(),
        "duration": visit["reason"].duration_minutes,
        "motive": motives[visit["reason"].id],
        "patient": {
            "first_name": patient.first_names,
            "last_name": patient.last_name,
            "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
            "phone": patient.phone,
            "email": patient.email or None,
        },
    }


def _import(platform: str, visits: list[dict]) -> None:
    for visit in visits:
        import_visit(
            practitioner_id=visit["practitioner"].id,
            start=visit["start"],
            end=visit["start"] + timedelta(minutes=visit["reason"].duration_minutes),
            actor=Actor.platform(platform),
            source=platform,
            origin="demo",
            now=clock.now(),
            visit_reason_id=visit["reason"].id,
            patient_id=visit["patient"].id,
        )
