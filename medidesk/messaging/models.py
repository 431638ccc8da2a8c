"""The ledger of messages, and the development outbox."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medidesk import clock


class Channel(models.TextChoices):
    """By which way a message goes."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Status(models.TextChoices):
    """The life of a message. `sending` with a lease in the past means that a worker died: the message is due again."""

    PLANNED = "planned", _("Prévu")
    SENDING = "sending", _("En cours d’envoi")
    SENT = "sent", _("Envoyé")
    CANCELLED = "cancelled", _("Abandonné")
    FAILED = "failed", _("En échec")


UNFINISHED = (Status.PLANNED, Status.SENDING)


class Message(models.Model):
    """One message: planned once per (what it is about, kind, channel, due time), re-checked and worded when it leaves, sent once.

    `due_at` is when it was meant to go, `next_at` when a worker takes it (later after a failure, a night, a lease).
    `composer` names who says at that time whether it is still true and what it says; empty when the text is there already.
    `operation_id` is the same in every attempt: a provider that knows it sends nothing twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about = models.UUIDField(null=True)
    about_kind = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=30)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    composer = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    to = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    by_day_only = models.BooleanField(default=False, help_text="Leaves between 08:00 and 20:00 of the cabinet's wall time.")
    secret = models.BooleanField(default=False, help_text="A code or a link that signs in: the text is forgotten once sent.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    operation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.CharField(max_length=30, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    segments = models.PositiveSmallIntegerField(default=0, help_text="SMS only.")
    outcome = models.CharField(max_length=300, blank=True, help_text="Why it was given up or failed; never about a person.")
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["about", "kind", "channel", "due_at"], name="message_planned_once")]
        indexes = [
            models.Index(fields=["next_at"], name="message_due", condition=Q(status__in=["planned", "sending"])),
            models.Index(fields=["sent_at"], name="message_sent"),
        ]


class OutboxEntry(models.Model):
    """What the development provider received: it stands for the telephone network and the mailboxes.

    As a real provider should, it takes an operation id once.
    """

    operation_id = models.UUIDField(primary_key=True)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["received_at", "operation_id"]


class IncomingMessage(models.Model):
    """An SMS that a patient sent to the cabinet, kept before it is understood. Data class: personal.

    `message_id` is the provider's, `sender` E.164 when it can be read. `outcome` says what a listener made of it, in a word.
    """

    class State(models.TextChoices):
        """What became of it."""

        RECEIVED = "received"
        UNDERSTOOD = "understood"
        FOR_PEOPLE = "for_people"
        SETTLED = "settled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message_id = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=40)
    text = models.TextField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    outcome = models.CharField(max_length=40, blank=True)
    settled_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [models.Index(fields=["received_at"], name="incoming_for_people", condition=Q(state="for_people"))]
