"""What every row that others can read and change carries: an opaque id, a version, its times."""

import uuid

from django.db import models

from medidesk import clock


class Versioned(models.Model):
    """A row with a strong version (its ETag), never removed while others may ask what changed (`deleted_at`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
