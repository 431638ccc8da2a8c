"""A visit, from request to done, and the journal of what happened to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models.setup import Practitioner, Site, VisitReason
from medidesk import clock
from medidesk.db.versioned import Versioned
from patients.models import Patient


class Status(models.TextChoices):
    """The way of a visit through the day."""

    REQUESTED = "requested", _("À valider")
    CONFIRMED = "confirmed", _("Confirmé")
    ARRIVED = "arrived", _("Arrivé")
    IN_CONSULTATION = "in_consultation", _("En consultation")
    COMPLETED = "completed", _("Vu")
    CANCELLED = "cancelled", _("Annulé")
    NO_SHOW = "no_show", _("Absent")


# Every other status occupies its time.
FREEING = (Status.CANCELLED, Status.NO_SHOW)


class Lane(models.TextChoices):
    """Normal visits never overlap; the other lanes say why this one may."""

    NORMAL = "normal", _("Normal")
    EXTRA = "extra", _("En plus")
    CONFLICT = "conflict", _("Conflit")


class Appointment(Versioned):
    """A visit. Times are instants; `start` and `end` leave the buffers out (the occupancy has them)."""

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.CONFIRMED)
    lane = models.CharField(max_length=8, choices=Lane.choices, default=Lane.NORMAL)
    start = models.DateTimeField()
    end = models.DateTimeField()
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")
    visit_reason = models.ForeignKey(VisitReason, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")
    source = models.CharField(max_length=20)
    booked_by = models.CharField(max_length=200)
    insisted_by = models.CharField(max_length=200, blank=True)
    insist_reason = models.CharField(max_length=500, blank=True)
    cancelled_by = models.CharField(max_length=10, blank=True)
    cancellation_reason = models.CharField(max_length=500, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note administrative"), max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practitioner", "start"], name="appointment_day"),
            models.Index(fields=["start", "id"], name="appointment_start"),
            models.Index(fields=["patient", "start"], name="appointment_patient"),
            models.Index(fields=["updated_at", "id"], name="appointment_changed"),
            models.Index(fields=["lane"], name="appointment_conflicts", condition=Q(lane="conflict")),
        ]
        constraints = [models.CheckConstraint(name="appointment_ends_after_start", condition=Q(start__lt=models.F("end")))]

    @property
    def is_active(self) -> bool:
        """Does this visit occupy its time?"""
        return self.status not in FREEING


class JournalEntry(models.Model):
    """What happened to a visit: when, who, which act, from where, before, after. Rows are only ever added."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="journal")
    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=200)
    act = models.CharField(max_length=40)
    origin = models.CharField(max_length=80, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["id"]
