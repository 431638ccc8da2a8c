"""Who waits for a time, which times have been freed for them, what was offered to whom. Data class: personal."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models.appointment import Appointment
from agenda.models.occupancy import Hold
from agenda.models.setup import Practitioner, Site, VisitReason
from medidesk import clock
from medidesk.db.versioned import Versioned
from patients.models import Patient


class Priority(models.TextChoices):
    """What the cabinet's people say of the hurry."""

    URGENT = "urgent", _("Urgent")
    SOON = "soon", _("Dès que possible")
    NORMAL = "normal", _("Normal")


class WaitingListEntry(Versioned):
    """Somebody who wants a time, or an earlier one than `appointment`.

    `practitioners` and `sites` are ids, empty for any. `windows` are `{"weekdays": [0…6], "start": minutes, "end": minutes}` of the
    cabinet's wall, empty for any time; dates are included on both sides.
    """

    class State(models.TextChoices):
        """Where the wish stands."""

        WAITING = "waiting", _("En attente")
        OFFERED = "offered", _("Proposition en cours")
        BOOKED = "booked", _("Rendez-vous pris")
        WITHDRAWN = "withdrawn", _("Retiré")
        EXPIRED = "expired", _("Dépassé")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="waiting_list_entries")
    visit_reason = models.ForeignKey(VisitReason, on_delete=models.CASCADE, related_name="+")
    practitioners = ArrayField(models.UUIDField(), default=list, blank=True)
    sites = ArrayField(models.UUIDField(), default=list, blank=True)
    from_date = models.DateField(null=True, blank=True)
    until_date = models.DateField(null=True, blank=True)
    windows = models.JSONField(default=list, blank=True)
    appointment = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    priority = models.CharField(max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    source = models.CharField(max_length=20)
    joined_by = models.CharField(max_length=200)
    note = models.CharField(_("note administrative"), max_length=300, blank=True)
    booked = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["state", "visit_reason"], name="waiting_standing", condition=Q(state__in=["waiting", "offered"])),
            models.Index(fields=["created_at", "id"], name="waiting_since"),
            models.Index(fields=["updated_at", "id"], name="waiting_changed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "visit_reason"], name="waiting_once", condition=Q(state__in=["waiting", "offered"], deleted_at=None)
            ),
        ]


STANDING = (WaitingListEntry.State.WAITING, WaitingListEntry.State.OFFERED)


class FreedTime(models.Model):
    """A time that was given back while somebody waited: one round of offers, until it is taken or nobody is left to ask.

    A visit's time, or hours of one day: then several are asked at once, each for a time of their own.
    """

    class State(models.TextChoices):
        """How the round goes."""

        OPEN = "open", _("À proposer")
        FILLED = "filled", _("Repris")
        NOBODY = "nobody", _("Personne à prévenir")
        TAKEN = "taken", _("Pris autrement")
        LATE = "late", _("Trop proche")
        STOPPED = "stopped", _("Arrêté par le cabinet")

    class Origin(models.TextChoices):
        """Who gave the time."""

        VISIT = "visit", _("Rendez-vous annulé ou déplacé")
        HOLD = "hold", _("Réservation provisoire terminée")
        OPENING = "opening", _("Horaires ouverts")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    origin = models.CharField(max_length=7, choices=Origin.choices, default=Origin.VISIT)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["start"], name="freed_time_start")]
        constraints = [
            models.CheckConstraint(name="freed_time_ends_after_start", condition=Q(start__lt=models.F("end"))),
            models.UniqueConstraint(fields=["practitioner", "start", "end"], name="freed_time_once", condition=Q(state="open")),
        ]


class WaitingOffer(models.Model):
    """A held time proposed to one who waits, until `answer_by`. `token_digest` recognises the link that was sent."""

    class State(models.TextChoices):
        """An offer ends once."""

        OPEN = "open", _("En cours")
        ACCEPTED = "accepted", _("Acceptée")
        DECLINED = "declined", _("Refusée")
        LAPSED = "lapsed", _("Sans réponse")
        GONE = "gone", _("Plus disponible")
        STOPPED = "stopped", _("Retirée par le cabinet")

    class Channel(models.TextChoices):
        """How the patient is told."""

        SMS = "sms", _("SMS")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Téléphone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(WaitingListEntry, on_delete=models.CASCADE, related_name="offers")
    freed = models.ForeignKey(FreedTime, null=True, on_delete=models.SET_NULL, related_name="offers")
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    sent_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    offered_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["entry", "sent_at"], name="offer_of_entry"),
            models.Index(fields=["answer_by"], name="offer_open", condition=Q(state="open")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry"], name="one_open_offer_per_entry", condition=Q(state="open")),
            models.UniqueConstraint(fields=["practitioner", "start"], name="one_open_offer_per_time", condition=Q(state="open")),
        ]


class WaitingListRules(models.Model):
    """One row: how the cabinet offers freed times. Minutes."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    automatic = models.BooleanField(_("proposer sans attendre le secrétariat"), default=True)
    lead_minutes = models.PositiveIntegerField(
        _("ne plus proposer à moins de (minutes)"), default=60, validators=[MaxValueValidator(10_080)]
    )
    answer_minutes = models.PositiveSmallIntegerField(
        _("délai de réponse (minutes)"), default=30, validators=[MinValueValidator(5), MaxValueValidator(58)]
    )
    near_answer_minutes = models.PositiveSmallIntegerField(
        _("délai de réponse quand l’heure est proche (minutes)"), default=10, validators=[MinValueValidator(5), MaxValueValidator(58)]
    )
    near_hours = models.PositiveSmallIntegerField(_("proche\u00a0: à moins de (heures)"), default=24, validators=[MaxValueValidator(168)])

    class Meta:
        constraints = [models.CheckConstraint(name="waiting_rules_one_row", condition=Q(id=1))]
