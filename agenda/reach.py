"""Where a message for a patient goes. Visits whose messages go to one telephone or mailbox are a household: it is told once."""

from collections.abc import Iterable
from dataclasses import dataclass

from agenda.models import Appointment
from medidesk.messaging.models import Channel
from patients.models import Patient
from patients.traits import is_mobile


@dataclass(frozen=True, slots=True)
class Reach:
    """By which way, and to which number (E.164) or address (in small letters). Equal for those of one household."""

    channel: str
    to: str


def channel_for(patient: Patient | None) -> str | None:
    """By which way this patient wants messages and can get them; `None`: by none."""
    if patient is None or patient.leave_no_details or patient.preferred_channel == "none":
        return None
    can = {Channel.SMS: is_mobile(patient.phone), Channel.EMAIL: bool(patient.email)}
    wanted = (Channel.SMS, Channel.EMAIL) if patient.preferred_channel == "sms" else (Channel.EMAIL, Channel.SMS)
    return next((str(channel) for channel in wanted if can[channel]), None)


def reach_of(patient: Patient | None) -> Reach | None:
    """Where a message for this patient goes; None when somebody has to telephone."""
    channel = channel_for(patient)
    if channel is None or patient is None:
        return None
    return Reach(channel, patient.phone if channel == Channel.SMS else patient.email.lower())


def address_for(patient: Patient | None, channel: str) -> str:
    """Where a message planned for this channel goes now: empty when the patient wants none any more, or has no such address."""
    if patient is None or channel_for(patient) is None:
        return ""
    return patient.phone if channel == Channel.SMS else patient.email


def households(visits: Iterable[Appointment]) -> dict[Reach | None, list[Appointment]]:
    """The visits by where their message goes; None: those to telephone."""
    found: dict[Reach | None, list[Appointment]] = {}
    for visit in visits:
        found.setdefault(reach_of(visit.patient), []).append(visit)
    return found
