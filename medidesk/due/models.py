"""The pointer to a row of a cabinet that is due at a time."""

from django.db import models


class DuePointer(models.Model):
    """Which cabinet, which kind of work, which row, when. Written in the transaction of the row it points to."""

    schema = models.CharField(max_length=63)
    kind = models.CharField(max_length=20)
    reference = models.UUIDField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reference", "kind"], name="one_pointer_per_row")]
        indexes = [models.Index(fields=["due_at"], name="due_soonest")]
