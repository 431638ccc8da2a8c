"""The printable sheets that each evening leaves ready for the next day."""

import uuid

from django.db import models

from medidesk import clock


class BackupSheet(models.Model):
    """The PDF of one day, whole cabinet, as it stood at `made_at`; `file` is its opaque name among the cabinet's files."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(unique=True)
    file = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["day"]
