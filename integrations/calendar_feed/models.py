"""The addresses under which practitioners' devices read their agenda."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models import Practitioner
from medidesk import clock


class Level(models.TextChoices):
    """What a subscribed calendar says of a visit. Never a name, a reason or a telephone number."""

    BUSY = "busy", _("Occupé seulement")
    INITIALS = "initials", _("Initiales du patient")


class CalendarFeed(models.Model):
    """One device of one person. The token in its address is shown once and kept as a digest.

    `content_digest` and `changed_at` say what it was answered last, and since when: its Last-Modified.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+")
    device = models.CharField(_("appareil"), max_length=60)
    level = models.CharField(_("ce qu’il montre"), max_length=10, choices=Level.choices, default=Level.BUSY)
    digest = models.CharField(max_length=64, unique=True)
    content_digest = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(_("dernière lecture"), null=True, blank=True)
    created_at = models.DateTimeField(_("créée le"), default=clock.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "device"], name="one_feed_per_device", condition=Q(revoked_at=None))]
