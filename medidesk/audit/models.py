"""The read trail: who looked at whose record, append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from medidesk import clock


class RecordRead(models.Model):
    """One look at a record; the subject is named by kind and id, so that the trail outlives it."""

    at = models.DateTimeField(default=clock.now, editable=False, db_index=True)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("consultation de dossier")
        verbose_name_plural = _("consultations de dossiers")
        ordering = ["-at"]
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_reads_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"
