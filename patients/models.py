"""Who the cabinet cares for: identity traits, contact points, likely duplicates."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from medidesk import clock
from medidesk.db.versioned import Versioned
from patients.traits import search_text


class Sex(models.TextChoices):
    """The administrative sex, as the national identity writes it."""

    FEMALE = "F", _("Féminin")
    MALE = "M", _("Masculin")
    UNKNOWN = "U", _("Non précisé")


class Patient(Versioned):
    """One person's identity and contact points; `provisional` until somebody of the cabinet has checked them."""

    birth_name = models.CharField(_("nom de naissance"), max_length=100, blank=True)
    used_name = models.CharField(_("nom utilisé"), max_length=100, blank=True)
    first_names = models.CharField(_("prénoms"), max_length=100)
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True)
    sex = models.CharField(_("sexe"), max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_place_code = models.CharField(_("code du lieu de naissance"), max_length=5, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True, help_text=_("E.164"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    preferred_channel = models.CharField(max_length=5, choices=[("sms", "SMS"), ("email", "E-mail"), ("none", "—")], default="sms")
    leave_no_details = models.BooleanField(_("ne pas laisser de message"), default=False)
    administrative_notes = models.TextField(_("notes administratives"), blank=True)
    known = models.BooleanField(_("déjà connu du cabinet"), default=False, help_text=_("Fixé par le cabinet."))
    provisional = models.BooleanField(_("fiche provisoire"), default=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="patient")
    search = models.TextField(editable=False, default="")

    class Meta:
        indexes = [
            GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="patient_search_trgm"),
            models.Index(fields=["phone"], name="patient_phone"),
            models.Index(fields=["birth_date"], name="patient_birth_date"),
            models.Index(Upper("email"), name="patient_email"),
            models.Index(fields=["updated_at", "id"], name="patient_changed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_name(self) -> str:
        """The name in use: the used name, or the birth name."""
        return self.used_name or self.birth_name

    @property
    def name(self) -> str:
        """`MARCHAND Élodie`, as professional lists write it."""
        return f"{self.last_name.upper()} {self.first_names}".strip()

    def save(self, *args, **kwargs) -> None:
        """Store the row with its search text in step."""
        self.search = search_text(self)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search"}
        super().save(*args, **kwargs)


class DuplicateCandidate(models.Model):
    """Two files that may be one person: a score, its reasons, and what a person decided."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="duplicate_candidates")
    other = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["patient", "other"], name="one_candidate_per_pair")]
