"""When a practitioner is there, in the cabinet's wall time, and when not."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agenda.models.setup import Practitioner, Site, VisitReason
from medidesk.db.versioned import Versioned


class Audience(models.TextChoices):
    """Whom these hours are for."""

    EVERYONE = "everyone", _("Tout le monde")
    KNOWN = "known", _("Patients connus")
    STAFF = "staff", _("Cabinet seulement")


class OpeningHours(Versioned):
    """A weekly (or every n weeks) or one-off range of wall time. `start_minute` and `end_minute` count from midnight; 1440 is 24:00.

    Exactly one of `weekday` (Monday 0) and `date`. `release_days_before` and `release_minute` keep the range for the staff until then.
    """

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="opening_hours")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    every_n_weeks = models.PositiveSmallIntegerField(default=1)
    visit_reasons = models.ManyToManyField(VisitReason, blank=True, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    channels = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    release_days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    release_minute = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="hours_weekday_or_date", condition=Q(weekday__isnull=True) ^ Q(date__isnull=True)),
            models.CheckConstraint(name="hours_in_a_day", condition=Q(start_minute__lt=models.F("end_minute"), end_minute__lte=1440)),
            models.CheckConstraint(
                name="hours_every_n_from", condition=Q(every_n_weeks=1) | Q(every_n_weeks__gt=1, valid_from__isnull=False)
            ),
        ]


class Absence(Versioned):
    """A practitioner, or a whole site, is away from `start` to `end`; an RRULE repeats it in wall time, the first one included."""

    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.CASCADE, related_name="absences")
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.CASCADE, related_name="absences")
    start = models.DateTimeField()
    end = models.DateTimeField()
    label = models.CharField(max_length=200, blank=True)
    rrule = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="absence_of_one", condition=Q(practitioner__isnull=True) ^ Q(site__isnull=True)),
            models.CheckConstraint(name="absence_ends_after_start", condition=Q(start__lt=models.F("end"))),
        ]
