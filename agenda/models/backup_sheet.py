"""The printable sheets that each evening leaves ready for the next day, and what the cabinet wants on its sheets."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medidesk import clock


class BackupSheet(models.Model):
    """The PDF of one day, whole cabinet, as it stood at `made_at`; `file` is its opaque name among the cabinet's files."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(unique=True)
    file = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    with_reasons = models.BooleanField(default=True)

    class Meta:
        ordering = ["day"]


class SheetRules(models.Model):
    """One row: what stands on the sheets unless somebody asks otherwise for one. Reasons on paper are the cabinet's choice."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    with_reasons = models.BooleanField(_("écrire les motifs de consultation sur les feuilles"), default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="sheet_rules_one_row", condition=Q(id=1))]
