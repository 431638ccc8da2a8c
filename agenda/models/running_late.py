"""How late a practitioner runs today, as somebody at the desk said."""

import uuid

from django.db import models

from agenda.models.setup import Practitioner


class RunningLate(models.Model):
    """`minutes` late on that day; 0 says that the practitioner has caught up. The last word counts: one row per day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practitioner", "day"], name="one_delay_a_day")]
        indexes = [models.Index(fields=["day"], name="running_late_day")]
