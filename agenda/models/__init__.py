"""The diary's tables."""

from agenda.models.appointment import Appointment, JournalEntry, Lane, Status
from agenda.models.backup_sheet import BackupSheet, SheetRules
from agenda.models.bundle import Bundle, BundleMember
from agenda.models.delegation import OpenedAgenda, RightsEntry, Substitution
from agenda.models.hours import Absence, Audience, OpeningHours
from agenda.models.mass_absence import Decision, MassAbsence, MassAbsenceLine
from agenda.models.missed_visits import BookingPolicy, ClosingReview, MissedVisitExcuse
from agenda.models.occupancy import Hold, Occupancy, OccupancyVersion
from agenda.models.quota import Quota
from agenda.models.running_late import RunningLate
from agenda.models.series import Series, SeriesOccurrence
from agenda.models.setup import BookableBy, Practitioner, ReasonOffer, Resource, SetupRevision, Site, VisitReason
from agenda.models.waiting_list import FreedTime, Priority, WaitingListEntry, WaitingListRules, WaitingOffer

__all__ = [
    "Absence", "Appointment", "Audience", "BackupSheet", "BookableBy", "BookingPolicy", "Bundle", "BundleMember", "ClosingReview",
    "Decision", "FreedTime", "Hold", "JournalEntry", "Lane", "MassAbsence", "MassAbsenceLine", "MissedVisitExcuse", "Occupancy",
    "OccupancyVersion", "OpenedAgenda", "OpeningHours", "Practitioner", "Priority", "Quota", "ReasonOffer", "Resource", "RightsEntry",
    "RunningLate", "Series", "SeriesOccurrence", "SetupRevision", "SheetRules", "Site", "Status", "Substitution", "VisitReason",
    "WaitingListEntry", "WaitingListRules", "WaitingOffer",
]  # fmt: skip
