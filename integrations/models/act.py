"""What people did with a connection."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models.connection import Connection
from medidesk import clock


class ActKind(models.TextChoices):
    """What somebody did; the sentence of the health page."""

    CONNECTED = "connected", _("Connexion faite")
    CHANGED = "changed", _("Réglages changés")
    KEYS_CHANGED = "keys-changed", _("Clés changées")
    SECRET_ROTATED = "secret-rotated", _("Secret des messages renouvelé")
    DISCONNECTED = "disconnected", _("Connexion coupée")
    MAPPED = "mapped", _("Correspondances enregistrées")
    REPLAYED = "replayed", _("Changement renvoyé")
    GIVEN_UP = "given-up", _("Changement abandonné")
    RETRIED = "retried", _("Horaires refusés réessayés")
    COMPARED = "compared", _("Comparaison demandée")
    BRAKE_RELEASED = "brake-released", _("Annulations retenues acceptées")


class ConnectionAct(models.Model):
    """One act of one person on one connection; never a key, never a patient."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=20, choices=ActKind.choices)
    by = models.CharField(max_length=150)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "id"]
