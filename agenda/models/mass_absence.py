"""An absence that meets booked visits: what was decided for each of them, and what became of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models.appointment import Appointment
from agenda.models.hours import Absence
from agenda.models.setup import Practitioner, Site
from medidesk.db.versioned import Versioned


class MassAbsence(Versioned):
    """A practitioner, or a whole site, will be away: prepared as a draft, sent, carried out after `due_at`, perhaps undone.

    From the sending on `absence` closes the agenda; the visits are not touched before `due_at`.
    """

    class State(models.TextChoices):
        """`sent` lasts until every line is carried out; `undone` also says "stopped in time"."""

        DRAFT = "draft", _("En préparation")
        SENT = "sent", _("Envoi prévu")
        DONE = "done", _("Fait")
        UNDONE = "undone", _("Repris")

    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    label = models.CharField(_("motif"), max_length=200, blank=True)
    absence = models.ForeignKey(Absence, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    prepared_by = models.CharField(max_length=200)
    sent_by = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at", "id"], name="mass_absence_created")]
        constraints = [
            models.CheckConstraint(name="mass_absence_of_one", condition=Q(practitioner__isnull=True) ^ Q(site__isnull=True)),
            models.CheckConstraint(name="mass_absence_ends_later", condition=Q(start__lt=models.F("end"))),
        ]


class Decision(models.TextChoices):
    """What is to become of one visit."""

    PROPOSE = "propose", _("Proposer trois horaires")
    MOVE = "move", _("Déplacer")
    CANCEL = "cancel", _("Annuler")
    KEEP = "keep", _("Garder")


class MassAbsenceLine(models.Model):
    """One visit that the absence meets. `proposals` are times kept as {practitioner, start}, ascending; `was_…` is
    where the visit was before the act.

    `state` changes in the transaction of the act on the visit, so that no crash acts twice; `acted_version` is the visit's version
    after that act: undoing touches nothing that somebody changed since.
    """

    class State(models.TextChoices):
        """`to_undo` waits for a worker after an undo; the outcomes that need a person are in `outcome`."""

        WAITING = "waiting"
        DONE = "done"
        SPARED = "spared"
        TO_UNDO = "to_undo"
        UNDONE = "undone"
        STUCK = "stuck"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mass_absence = models.ForeignKey(MassAbsence, on_delete=models.CASCADE, related_name="lines")
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="+")
    was_start = models.DateTimeField()
    was_practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    to_practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    to_start = models.DateTimeField(null=True, blank=True)
    proposals = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(max_length=40, blank=True)
    acted_version = models.PositiveIntegerField(null=True)
    told = models.CharField(max_length=10, blank=True)
    told_with = models.UUIDField(null=True)
    rebooked = models.ForeignKey(Appointment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    phoned_by = models.CharField(max_length=200, blank=True)
    phoned_at = models.DateTimeField(null=True, blank=True)
    phone_outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mass_absence", "appointment"], name="mass_absence_meets_once")]
