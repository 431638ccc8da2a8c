"""Partners' keys, and the answers kept for those who ask twice."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from medidesk import clock


class ApiKey(models.Model):
    """A key of one partner of this cabinet. The key itself is shown once; only its prefix and its SHA-256 stay.

    `staff` keys act as the cabinet's own people: warned where others are refused. Nothing here is about a patient.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("partenaire"), max_length=100)
    prefix = models.CharField(_("début de la clé"), max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("droits"))
    staff = models.BooleanField(_("agit comme le cabinet"), default=False)
    created_at = models.DateTimeField(_("créée le"), default=clock.now, editable=False)
    revoked_at = models.DateTimeField(_("révoquée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("clé de partenaire")
        verbose_name_plural = _("clés de partenaires")
        ordering = ["name", "created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class KeptAnswer(models.Model):
    """What a POST with an Idempotency-Key was answered: personal data, kept a day."""

    id = models.BigAutoField(primary_key=True)
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "key", "method", "path"], name="one_answer_per_idempotency_key")]
        indexes = [models.Index(fields=["at"], name="kept_answer_age")]
