"""Twins: finding which visit of ours a foreign one is, and remembering what was seen."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agenda.models import Appointment
from integrations.connections.reminding import SILENCED
from integrations.models import Connection, ExternalReference, Kind, OutboundChange, OutboundState
from integrations.speaking.base import Capability
from integrations.speaking.registry import connector_of
from integrations.speaking.vocabulary import PlatformVisit, VisitStatus
from medidesk.db.locks import lock_until_commit
from medidesk.db.prepared import run_later
from medidesk.db.rows import insert_of, update_of

PLACE = ("practitioner", "start", "end")
# Where MediDesk itself had the visit stand for a moment, and where it stood before.
ASIDE = "aside"
KEPT = (SILENCED, ASIDE)
ALIASES_FOLLOWED = 10
# What is written anew when something is heard or told.
CHANGING = ("appointment", "ours", "version", "occurred_at", "content", "sent_hash", "patient_hash", "gone_at")


def lock_twin(connection: Connection, external_id: str) -> None:
    """Nobody else writes about this foreign visit until the transaction ends."""
    lock_until_commit([number_of_twin(connection, external_id)])


def number_of_twin(connection: Connection, external_id: str) -> UUID:
    """What stands for this foreign visit among the locks."""
    return uuid.uuid5(connection.id, f"visit {external_id}")


def place(content: dict[str, str]) -> tuple[str, ...]:
    """Who and when, of a content."""
    return tuple(content.get(name, "") for name in PLACE)


def as_it_can_stand(connection: Connection, content: dict[str, str], standing: dict[str, str]) -> dict[str, str]:
    """A content beside what stands there: where no length can be written, the one that the same start has there will do."""
    same = place(content)[:2] == place(standing)[:2] and "end" in standing
    if not same or Capability.UPDATE_VISITS in connector_of(connection).capabilities:
        return content
    return content | {"end": standing["end"]}


def is_aside(twin: ExternalReference, at: dict[str, str] | None = None) -> bool:
    """Does the visit (or would it, `at` that place) stand where MediDesk had it stand for a moment only?"""
    return ASIDE in twin.content and list(place(at or twin.content)) == twin.content[ASIDE]["at"]


def known_twin(connection: Connection, external_id: str) -> ExternalReference | None:
    """The reference under any id the visit ever had, by its newest."""
    return _newest(ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT, external_id=external_id).first())


def _newest(found: ExternalReference | None) -> ExternalReference | None:
    for _step in range(ALIASES_FOLLOWED):
        if found is None or found.replaced_by_id is None:
            return found
        found = ExternalReference.objects.filter(pk=found.replaced_by_id).first()
    return found


def known_twins(connection: Connection, external_ids: Iterable[str]) -> dict[str, ExternalReference]:
    """As known_twin, for many at once and with their visits."""
    same = ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT, external_id__in=list(external_ids))
    found = ((each.external_id, _newest(each)) for each in same.select_related("appointment__patient"))
    return {external_id: twin for external_id, twin in found if twin is not None}


def renamed_twin(connection: Connection, visit: PlatformVisit) -> ExternalReference | None:
    """A visit seen under an unknown id that is one we know: same practitioner, times and person; its old row now points to the new."""
    if visit.status == VisitStatus.CANCELLED or visit.patient is None:
        return None
    same = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT, patient_hash=visit.patient.fingerprint())
    old = next((each for each in same if place(each.content) == place(visit.content())), None)
    return rename(old, visit.external_id) if old else None


def rename(old: ExternalReference, external_id: str) -> ExternalReference:
    """The same twin under a new id; both resolve."""
    new = ExternalReference.objects.get(pk=old.pk)
    new.pk, new.external_id = None, external_id
    new._state.adding = True
    new.save()
    ExternalReference.objects.filter(pk=old.pk).update(replaced_by=new)
    return new


def own_twin(connection: Connection, visit: PlatformVisit) -> ExternalReference | None:
    """A visit that MediDesk created there, met before (or instead of) the answer to its creation."""
    subject, sent = _subject_of(connection, visit)
    if subject is None:
        return None
    content = as_it_can_stand(connection, sent or visit.content(), visit.content())
    standing = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT, appointment_id=subject)
    same = next((each for each in standing if place(each.content) == place(visit.content())), None)
    if same is not None:
        return rename(same, visit.external_id)
    return ExternalReference.objects.create(
        connection=connection, kind=Kind.VISIT, external_id=visit.external_id, appointment_id=subject, ours=True, content=content
    )


def remember(reference: ExternalReference, visit: PlatformVisit, at: datetime | None, now: datetime) -> None:
    """Note what the platform shows now; a reference that is new has no number before it is read."""
    reference.version = visit.version if visit.version is not None else reference.version
    reference.occurred_at = at or reference.occurred_at
    kept = {name: value for name, value in reference.content.items() if name in KEPT}
    reference.content = {**visit.content(), "reason": visit.reason, **({"site": visit.site} if visit.site else {}), **kept}
    reference.patient_hash = visit.patient.fingerprint() if visit.patient else reference.patient_hash
    reference.gone_at = (reference.gone_at or now) if visit.status == VisitStatus.CANCELLED else None
    run_later(update_of(reference, CHANGING) if reference.pk else insert_of(reference))


def _subject_of(connection: Connection, visit: PlatformVisit) -> tuple[UUID | None, dict[str, str] | None]:
    """Our visit behind a foreign one: by the reference it carries, else by a creation that has not been answered yet."""
    try:
        wanted = UUID(visit.client_reference)
    except ValueError:
        wanted = None
    open_rows = OutboundChange.objects.filter(connection=connection, state=OutboundState.WAITING, uncertain=True)
    if wanted is not None and Appointment.objects.filter(pk=wanted).exists():
        sent = [row.sending.get("content") for row in open_rows.filter(subject=wanted) if row.sending.get("kind") == Kind.VISIT]
        return wanted, next(iter(sent), None)
    for row in open_rows:
        content = as_it_can_stand(connection, row.sending.get("content", {}), visit.content())
        if row.sending.get("creates") and row.sending.get("kind") == Kind.VISIT and place(content) == place(visit.content()):
            return row.subject, content
    return None, None
