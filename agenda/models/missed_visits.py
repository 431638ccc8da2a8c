"""What repeated missed visits mean here: the cabinet's own rule, who was excused, and what was decided about a closing.

A closing itself is never stored: it is computed from the missed visits (agenda/free_times/online_closing.py). These rows only say what
people decided, each with its author, motive and time.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models.appointment import Appointment
from medidesk.db.versioned import Versioned


def usual_steps() -> list[dict[str, Any]]:
    """Two missed visits: each booking is validated for a month; three: closed for three months; four: for six."""
    return [
        {"missed": 2, "act": BookingPolicy.Act.VALIDATE.value, "days": 30},
        {"missed": 3, "act": BookingPolicy.Act.CLOSE.value, "days": 90},
        {"missed": 4, "act": BookingPolicy.Act.CLOSE.value, "days": 180},
    ]


class BookingPolicy(Versioned):
    """One row per cabinet: is there such a rule, how far back does it look, what follows how many missed visits for how long.

    `steps` are `{"missed": 3, "act": "close", "days": 90}`, ascending; the highest one that is reached holds.
    """

    class Act(models.TextChoices):
        """What a step does to bookings by patients and partners."""

        VALIDATE = "validate", _("Validée par le cabinet")
        CLOSE = "close", _("Réservation fermée")

    is_on = models.BooleanField(_("règle active"), default=False)
    window_days = models.PositiveSmallIntegerField(_("période observée"), default=365)
    steps = models.JSONField(_("paliers"), default=usual_steps)


class MissedVisitExcuse(models.Model):
    """Somebody of the cabinet says that this missed visit does not count; taken back, it counts again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="excuses")
    by = models.CharField(max_length=200)
    motive = models.CharField(max_length=500)
    at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_standing_excuse", fields=["appointment"], condition=Q(withdrawn_at__isnull=True)),
        ]


class ClosingReview(models.Model):
    """What was said and decided about the closing that this missed visit led to: the patient's word, the cabinet's answer."""

    class Decision(models.TextChoices):
        """How it ended."""

        LIFTED = "lifted", _("rouverte")
        KEPT = "kept", _("maintenue")

    appointment = models.OneToOneField(Appointment, primary_key=True, on_delete=models.CASCADE, related_name="closing_review")
    contest = models.CharField(max_length=1000, blank=True)
    contested_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    motive = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["contested_at"], name="closing_contests", condition=Q(decision="", contested_at__isnull=False)),
        ]
