"""Bundles: visits that are worth something only together, a family's or the steps of one patient's care. Data class: personal."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models.appointment import Appointment
from medidesk.db.versioned import Versioned


class Bundle(Versioned):
    """Visits that were booked all or none."""

    class Kind(models.TextChoices):
        """What holds them together."""

        FAMILY = "family", _("Famille")
        CARE_PATH = "care_path", _("Parcours de soins")

    kind = models.CharField(max_length=9, choices=Kind.choices)
    source = models.CharField(max_length=20)
    booked_by = models.CharField(max_length=200)
    note = models.CharField(_("note administrative"), max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at", "id"], name="bundle_created"),
            models.Index(fields=["updated_at", "id"], name="bundle_changed"),
        ]


class BundleMember(models.Model):
    """One visit of a bundle, in its order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="members")
    number = models.PositiveSmallIntegerField()
    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="in_bundle")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["bundle", "number"], name="bundle_number_once")]
