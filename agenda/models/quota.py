"""How many visits some channels may take of a range, until it opens to all."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agenda.models.setup import Practitioner, Site, VisitReason
from medidesk.db.versioned import Versioned


class Quota(Versioned):
    """On each of its days (a weekday, or every day), at most `most_visits` visits and holds of the limited channels together may start
    in the range of wall time; `release_days_before` and `release_minute` say when that ends. Site null: anywhere; no reasons: all."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="quotas")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="quotas")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    visit_reasons = models.ManyToManyField(VisitReason, blank=True, related_name="+")
    channels = ArrayField(models.CharField(max_length=10))
    most_visits = models.PositiveSmallIntegerField()
    release_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    release_minute = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="quota_in_a_day", condition=Q(start_minute__lt=F("end_minute"), end_minute__lte=1440)),
            models.CheckConstraint(name="quota_of_channels", condition=Q(channels__len__gt=0)),
            models.CheckConstraint(
                name="quota_release_whole", condition=Q(release_days_before__isnull=True) ^ Q(release_minute__isnull=False)
            ),
        ]
