"""A piece of an absence that is closed on a platform."""

import uuid

from django.db import models

from integrations.models.connection import Connection
from medidesk import clock


class ClosedAbsence(models.Model):
    """One agenda there (`practitioner`, its id there) closed from `start` to `end`, by our `reference`.

    `external_id` is empty until the platform has answered; a piece that it `refused`, because its time is taken or for another
    reason, is not asked again while it is wanted.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="closed_absences")
    practitioner = models.CharField(max_length=200)
    start = models.DateTimeField()
    end = models.DateTimeField()
    reference = models.UUIDField(default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=200, blank=True)
    refused = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "practitioner", "start", "end"], name="absence_closed_once")]
