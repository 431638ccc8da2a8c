"""A mass absence, nobody else acting on it until the transaction ends. Taken before any practitioner's lock, always."""

from uuid import UUID

from agenda.mass_absence.errors import AlreadySent, NoSuchMassAbsence, StaleMassAbsence
from agenda.models import MassAbsence
from medidesk.db.locks import lock_until_commit


def locked(mass_id: UUID, expected_version: int | None = None) -> MassAbsence:
    """The mass absence, locked. Raises NoSuchMassAbsence, StaleMassAbsence."""
    lock_until_commit([mass_id])
    mass = MassAbsence.objects.select_for_update().filter(pk=mass_id, deleted_at=None).first()
    if mass is None:
        raise NoSuchMassAbsence
    if expected_version is not None and mass.version != expected_version:
        raise StaleMassAbsence(mass.version)
    return mass


def locked_draft(mass_id: UUID, expected_version: int | None = None) -> MassAbsence:
    """A draft, locked. Raises AlreadySent beside what `locked` raises."""
    mass = locked(mass_id)
    if mass.state != MassAbsence.State.DRAFT:
        raise AlreadySent
    if expected_version is not None and mass.version != expected_version:
        raise StaleMassAbsence(mass.version)
    return mass
