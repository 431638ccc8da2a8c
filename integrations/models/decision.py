"""What the owner has decided of somebody or something on a platform, besides relating it."""

from django.db import models

from integrations.models.connection import Connection


class There(models.TextChoices):
    """What of theirs can be related."""

    PRACTITIONER = "practitioner"
    REASON = "reason"
    SITE = "site"


class LeftAlone(models.Model):
    """Not to be related, on purpose: nothing comes of it, and it is nothing to settle."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="left_alone")
    kind = models.CharField(max_length=12, choices=There.choices)
    external_id = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "external_id"], name="left_alone_once")]
