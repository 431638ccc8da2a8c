"""Files that a cabinet brings in, and what became of each of their lines."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations import sealing
from medidesk import clock


class ImportKind(models.TextChoices):
    """What the lines of a file are."""

    PATIENTS = "patients", _("Patients")
    VISITS = "visits", _("Rendez-vous")


class ImportState(models.TextChoices):
    """The way of an import. Three states await a worker; the others await a person, or nobody."""

    DRAFT = "draft", _("À préparer")
    CHECKING = "checking", _("Vérification en cours")
    CHECKED = "checked", _("Vérifié")
    IMPORTING = "importing", _("Import en cours")
    DONE = "done", _("Importé")
    UNDOING = "undoing", _("Annulation en cours")
    UNDONE = "undone", _("Annulé")


class ImportRun(models.Model):
    """One file brought in: who, when, which columns are what, and its figures.

    The text of the file is sealed with the cabinet's key, and erased some days later: `forgotten_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=ImportKind.choices)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.DRAFT)
    by = models.CharField(max_length=200)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    format = models.CharField(max_length=5, default="csv")
    encoding = models.CharField(max_length=20)
    line_count = models.PositiveIntegerField()
    sealed = models.BinaryField()
    mapping = models.JSONField(default=dict)
    accepts_errors = models.BooleanField(default=False)
    figures = models.JSONField(default=dict)
    notice = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    @property
    def text(self) -> str:
        """The file's text, empty once it was erased."""
        return sealing.unseal(bytes(self.sealed), self._place())

    @text.setter
    def text(self, text: str) -> None:
        self.sealed = sealing.seal(text, self._place()) if text else b""

    def _place(self) -> str:
        return f"integrations_importrun.sealed:{self.id}"


class Outcome(models.TextChoices):
    """What became of a line, or will."""

    ERROR = "error", _("Erreur")
    CONFLICT = "conflict", _("Importé, en conflit")
    PROVISIONAL = "provisional", _("Fiche provisoire")
    CREATED = "created", _("Importé")
    FOUND = "found", _("Déjà connu")
    ALREADY = "already", _("Déjà importé")
    DUPLICATE = "duplicate", _("Doublon dans le fichier")
    IGNORED = "ignored", _("Non repris")


class ImportLine(models.Model):
    """What became of one line. No text of the file is kept here: ids, codes, and keyed digests by which a line is recognised."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    code = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=32, blank=True)
    patient_key = models.CharField(max_length=32, blank=True)
    patient_id = models.UUIDField(null=True)
    patient_is_new = models.BooleanField(default=False)
    appointment_id = models.UUIDField(null=True)
    kept = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_outcome_per_line")]
        indexes = [models.Index(fields=["digest"], name="import_digest"), models.Index(fields=["patient_key"], name="import_patient_key")]
