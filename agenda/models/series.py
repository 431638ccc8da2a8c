"""Series: several visits of one patient booked by one act, and what became of each wanted time. Data class: personal."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models.appointment import Appointment
from agenda.models.setup import Practitioner, Site, VisitReason
from medidesk.db.versioned import Versioned
from patients.models import Patient

BOOKED = "booked"


class Series(Versioned):
    """Visits of one patient with one practitioner for one reason, asked for together.

    `pattern` is how the times were said, for who reads it later; empty when they were listed one by one.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="series")
    visit_reason = models.ForeignKey(VisitReason, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pattern = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=20)
    booked_by = models.CharField(max_length=200)
    note = models.CharField(_("note administrative"), max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="series_created"),
            models.Index(fields=["updated_at", "id"], name="series_changed"),
        ]


class SeriesOccurrence(models.Model):
    """One wanted time of a series and its outcome: `booked`, or the code of the rule that refused it with its sentence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="occurrences")
    number = models.PositiveSmallIntegerField()
    wanted = models.DateTimeField()
    appointment = models.OneToOneField(Appointment, null=True, blank=True, on_delete=models.CASCADE, related_name="in_series")
    outcome = models.CharField(max_length=40, default=BOOKED)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="series_number_once"),
            models.CheckConstraint(
                name="series_booked_has_a_visit",
                condition=Q(outcome=BOOKED, appointment__isnull=False) | (~Q(outcome=BOOKED) & Q(appointment__isnull=True)),
            ),
        ]
