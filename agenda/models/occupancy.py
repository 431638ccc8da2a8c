"""Whatever takes a practitioner, a room or a device, for a half-open time range, buffers inside."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from agenda.models.appointment import Appointment, Lane
from agenda.models.setup import Practitioner, Site, VisitReason
from medidesk import clock


class Hold(models.Model):
    """A slot kept while somebody fills the form or is on the phone, until `expires_at`."""

    class State(models.TextChoices):
        """A hold ends once; what ended it is remembered so that a late holder gets a true answer."""

        ACTIVE = "active"
        RELEASED = "released"
        USED = "used"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.CASCADE, related_name="+")
    visit_reason = models.ForeignKey(VisitReason, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    lane = models.CharField(max_length=8, choices=Lane.choices, default=Lane.NORMAL)
    source = models.CharField(max_length=20)
    placed_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="hold_expiry", condition=Q(state="active"))]


class Occupancy(models.Model):
    """One resource taken. `resource` is the id of a practitioner, room or device. The minute columns (since the epoch, UTC) are
    what availability reads: integers from one covering index."""

    id = models.BigAutoField(primary_key=True)
    resource = models.UUIDField()
    span = DateTimeRangeField()
    lane = models.CharField(max_length=8, choices=Lane.choices)
    start_minute = models.IntegerField()
    end_minute = models.IntegerField()
    visit_minute = models.IntegerField()
    visit_reason = models.UUIDField(null=True)
    appointment = models.ForeignKey(Appointment, null=True, on_delete=models.CASCADE, related_name="occupancies")
    hold = models.ForeignKey(Hold, null=True, on_delete=models.CASCADE, related_name="occupancies")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupancy_never_double",
                expressions=[("resource", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                condition=Q(lane="normal"),
            ),
            models.CheckConstraint(name="occupancy_of_one", condition=Q(appointment__isnull=True) ^ Q(hold__isnull=True)),
            models.CheckConstraint(
                name="occupancy_bounded", condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=F("start_minute") + 2880)
            ),
        ]
        indexes = [
            models.Index(
                fields=["resource", "start_minute"],
                include=["end_minute", "visit_minute", "visit_reason", "expires_at"],
                name="occupancy_busy_minutes",
            )
        ]


# No occupancy is longer (720 minutes and two buffers of 240; imported visits are cut to fit): the index scan opens this much earlier.
LONGEST_OCCUPANCY_MINUTES = 2880


class OccupancyVersion(models.Model):
    """A counter per resource, bumped in the transaction that changes its occupancy: the key of every cached busy set."""

    resource = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(default=1)
