"""Taken ranges of people who work in several cabinets, in the shared schema."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models

NEVER_IN_TWO = "shared_time_never_in_two_cabinets"


class SharedTime(models.Model):
    """`person` is taken by the cabinet `schema` for the minutes `span` (since the epoch, UTC; half-open).

    `reference` is the cabinet's own opaque id of what takes it, for giving it back; `expires_at` that of a held time.
    Within one cabinet ranges may overlap (its own table is the judge there); never between two.
    """

    person = models.UUIDField()
    schema = models.TextField()
    reference = models.UUIDField()
    span = IntegerRangeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name=NEVER_IN_TWO,
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("schema", RangeOperators.NOT_EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
            )
        ]
        indexes = [models.Index(fields=["schema", "reference"], name="shared_time_of_a_visit")]


class AwaitedTime(models.Model):
    """A visit of the cabinet `schema` that waits, in conflict there, until no other cabinet takes `person` for these minutes.

    `reference` is that cabinet's own opaque id of the visit: the row goes with it, or when it has its time.
    """

    person = models.UUIDField()
    schema = models.TextField()
    reference = models.UUIDField()
    span = IntegerRangeField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="awaited_time_of_a_person")]
        constraints = [models.UniqueConstraint(fields=["schema", "reference", "person"], name="awaited_once")]


class PersonVersion(models.Model):
    """A counter per person, bumped in the transaction that changes the taken ranges: what other cabinets keep goes stale by it."""

    person = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(default=1)
