"""The diary's tables."""

from agenda.models.appointment import Appointment, JournalEntry, Lane, Status
from agenda.models.hours import Absence, Audience, OpeningHours
from agenda.models.occupancy import Hold, Occupancy, OccupancyVersion
from agenda.models.setup import BookableBy, Practitioner, ReasonOffer, Resource, SetupRevision, Site, VisitReason

__all__ = [
    "Absence", "Appointment", "Audience", "BookableBy", "Hold", "JournalEntry", "Lane", "Occupancy", "OccupancyVersion",
    "OpeningHours", "Practitioner", "ReasonOffer", "Resource", "SetupRevision", "Site", "Status", "VisitReason",
]  # fmt: skip
