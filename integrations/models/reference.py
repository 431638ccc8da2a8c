"""The twin of a visit or hold on a platform."""

from django.db import models
from django.db.models import Q

from agenda.models import Appointment, Hold
from integrations.models.connection import Connection
from medidesk import clock


class Kind(models.TextChoices):
    """What stands there: the visit itself, or a time closed to online booking."""

    VISIT = "visit"
    BUSY = "busy"


class ExternalReferenceQuerySet(models.QuerySet["ExternalReference"]):
    """Selections of references."""

    def standing(self) -> "ExternalReferenceQuerySet":
        """What is there now, under its newest id."""
        return self.filter(gone_at=None, replaced_by=None)

    def of(self, subject: object) -> "ExternalReferenceQuerySet":
        """Those of one visit or hold, by its id."""
        return self.filter(Q(appointment_id=subject) | Q(hold_id=subject))


class ExternalReference(models.Model):
    """One thing of ours on one platform, what it looked like there last (`content`), and what was last sent.

    `ours` says that MediDesk created it there. `gone_at` is when it was cancelled or deleted there; the row stays so that late
    news about it is recognised. A rewritten id leaves its old row pointing to the new one. `checked_at` is when the platform last
    confirmed a closed time that it can only be asked for one by one.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="references")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    external_id = models.CharField(max_length=200)
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.CASCADE, related_name="external_references")
    hold = models.ForeignKey(Hold, null=True, on_delete=models.CASCADE, related_name="external_references")
    ours = models.BooleanField(default=False)
    version = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField(null=True)
    content = models.JSONField(default=dict)
    sent_hash = models.CharField(max_length=64, blank=True)
    patient_hash = models.CharField(max_length=64, blank=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replaced")
    gone_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    checked_at = models.DateTimeField(null=True)

    objects = ExternalReferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "external_id"], name="one_reference_per_external_id")]
        indexes = [models.Index(fields=["patient_hash", "connection"], name="reference_person", condition=~Q(patient_hash=""))]
