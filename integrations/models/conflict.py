"""Two truths about one field: what was decided, and what lost."""

import uuid

from django.db import models

from agenda.models import Appointment
from integrations.models.connection import Connection
from medidesk import clock


class FieldConflict(models.Model):
    """Both sides changed a visit and only one could win; the loser stays visible."""

    class Decision(models.TextChoices):
        """Whose value stands."""

        OURS = "ours"
        THEIRS = "theirs"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="conflicts")
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="field_conflicts")
    kind = models.CharField(max_length=20)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    decided = models.CharField(max_length=6, choices=Decision.choices)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "id"]
