"""The cabinet's link with one platform: where, with which key, what flows, who is who, how it feels."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models import Practitioner, VisitReason
from integrations import sealing
from medidesk import clock


class Mode(models.TextChoices):
    """How far a connection goes. A new one rehearses: it reads, and writes nothing there. One that is off does neither."""

    REHEARSAL = "rehearsal", _("Répétition")
    IN = "in", _("Lecture")
    BOTH = "both", _("Lecture et écriture")
    OFF = "off", _("Coupée")


class Reminds(models.TextChoices):
    """Who reminds the patients of the visits that the platform took; those that the cabinet took it reminds itself."""

    PLATFORM = "platform", _("La plateforme")
    CABINET = "cabinet", _("Le cabinet")


class Connection(models.Model):
    """One platform as one account sees it. The flows are switches; secrets are sealed with the cabinet's own key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    platform = models.CharField(_("plateforme"), max_length=20)
    wire_format = models.CharField(_("protocole"), max_length=20, blank=True)
    wire_text = models.TextField(_("description de l’interface"), blank=True)
    base_url = models.CharField(_("adresse"), max_length=300)
    api_key_sealed = models.BinaryField(default=b"")
    further_keys_sealed = models.BinaryField(default=b"")
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.REHEARSAL)
    appointments_in = models.BooleanField(_("rendez-vous entrants"), default=True)
    appointments_out = models.BooleanField(_("rendez-vous sortants"), default=False)
    busy_out = models.BooleanField(_("fermer les horaires pris ailleurs"), default=True)
    patients_in = models.BooleanField(_("patients entrants"), default=True)
    reasons = models.BooleanField(_("motifs"), default=True)
    absences = models.BooleanField(_("absences"), default=False)
    status_out = models.BooleanField(_("statuts sortants"), default=False)
    reminds = models.CharField(_("qui rappelle"), max_length=10, choices=Reminds.choices, default=Reminds.PLATFORM)
    unsigned_from = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    cursor = models.TextField(blank=True)
    webhook_registered_at = models.DateTimeField(null=True, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True)
    # health
    last_read_at = models.DateTimeField(null=True, blank=True)
    last_told_at = models.DateTimeField(null=True, blank=True)
    last_drift = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    rehearsal = models.JSONField(default=dict)
    brake_held = models.JSONField(default=list)
    release_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.platform} {self.id}"

    @property
    def origin(self) -> str:
        """What the agenda's verbs are told about where a change comes from."""
        return f"connection:{self.id}"

    @property
    def writes(self) -> bool:
        """May anything be written there?"""
        return self.mode == Mode.BOTH and (self.busy_out or self.appointments_out)

    @property
    def api_key(self) -> str:
        """The key in clear."""
        return sealing.unseal(bytes(self.api_key_sealed), self._place("api_key"))

    @api_key.setter
    def api_key(self, value: str) -> None:
        self.api_key_sealed = sealing.seal(value, self._place("api_key"))

    @property
    def further_keys(self) -> dict[str, str]:
        """The credentials besides the key, by their names, in clear; empty for a platform that needs one key only."""
        text = sealing.unseal(bytes(self.further_keys_sealed), self._place("further_keys"))
        return dict(json.loads(text)) if text else {}

    @further_keys.setter
    def further_keys(self, values: Mapping[str, str]) -> None:
        self.further_keys_sealed = sealing.seal(json.dumps(dict(values)), self._place("further_keys")) if values else b""

    @property
    def keys(self) -> dict[str, str]:
        """All that opens the platform's door."""
        return {"api_key": self.api_key, **self.further_keys}

    def is_paused(self, now: datetime) -> bool:
        """Has the platform asked for a pause, or failed too often?"""
        return self.paused_until is not None and self.paused_until > now

    def _place(self, column: str) -> str:
        return f"integrations_connection.{column}:{self.id}"


class WebhookSecret(models.Model):
    """A secret that signs what this connection's platform sends; several may be live while one replaces another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="webhook_secrets")
    sealed = models.BinaryField()
    ours = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    @property
    def value(self) -> str:
        """`whsec_…` in clear."""
        return sealing.unseal(bytes(self.sealed), self._place())

    @value.setter
    def value(self, secret: str) -> None:
        self.sealed = sealing.seal(secret, self._place())

    def _place(self) -> str:
        return f"integrations_webhooksecret.sealed:{self.id}"


class PractitionerMapping(models.Model):
    """Who of ours is who there."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="practitioners")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="one_practitioner_per_external_id"),
            models.UniqueConstraint(fields=["connection", "practitioner"], name="one_external_id_per_practitioner"),
        ]


class ReasonMapping(models.Model):
    """Which reason of ours is which there; several of theirs may be one of ours."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="reason_mappings")
    visit_reason = models.ForeignKey(VisitReason, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="one_reason_per_external_id")]
