"""What came in and what must go out, each a row before it is anything else."""

import uuid

from django.db import models
from django.db.models import Q

from integrations.models.connection import Connection
from medidesk import clock


class InboundState(models.TextChoices):
    """Where an event stands. Only `received` is still to be worked on; the rest is kept for people and for late news."""

    RECEIVED = "received"
    APPLIED = "applied"
    ECHO = "echo"
    STALE = "stale"
    IGNORED = "ignored"
    UNMAPPED = "unmapped"
    LEFT_ALONE = "left_alone"
    NOT_UNDERSTOOD = "not_understood"
    UNREADABLE = "unreadable"


class InboundEvent(models.Model):
    """What a platform said, byte for byte, once per event id. `visit_key` is the visit's id there: events of one visit keep their order."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=255)
    visit_key = models.CharField(max_length=200, blank=True)
    raw = models.BinaryField()
    state = models.CharField(max_length=20, choices=InboundState.choices, default=InboundState.RECEIVED)
    detail = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["connection", "event_id"], name="one_event_per_id")]
        indexes = [models.Index(fields=["connection", "visit_key", "id"], name="inbound_waiting", condition=Q(state="received"))]


class OutboundState(models.TextChoices):
    """Where a change stands. `blocked`: the platform says the time is taken, a person decides. `dead`: given up, in plain sight.
    `dropped`: a person wants it no more."""

    WAITING = "waiting"
    DONE = "done"
    BLOCKED = "blocked"
    DEAD = "dead"
    DROPPED = "dropped"


class OutboundChange(models.Model):
    """One connection must be told about one visit or hold (`subject`).

    The row says that something changed, not how: whoever delivers it looks at the visit as it is then, so a newer change
    overtakes an older one and nothing is sent that is no longer true. `uncertain` is set before anything is written there and
    cleared by a clear answer: with it, one looks there before writing again.
    """

    id = models.BigAutoField(primary_key=True)
    operation = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="changes")
    subject = models.UUIDField()
    is_hold = models.BooleanField(default=False)
    act = models.CharField(max_length=20)
    sending = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=OutboundState.choices, default=OutboundState.WAITING)
    uncertain = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    due = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due", "id"], name="outbound_due", condition=Q(state="waiting")),
            models.Index(fields=["subject", "connection"], name="outbound_subject", condition=Q(state="waiting")),
            models.Index(fields=["connection", "state"], name="outbound_unsettled", condition=Q(state__in=["blocked", "dead"])),
        ]
