"""What the patients' site keeps of its own: codes sent, and what the cabinet tells its patients."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from agenda.models import VisitReason
from medidesk import clock


class ContactCode(models.Model):
    """A 6-digit code sent to a phone or an e-mail address, to show that its holder is the visitor. Neither is kept in clear."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact_digest", "created_at"], name="code_contact")]


class OnlineRules(models.Model):
    """One row: until when patients change their visits by themselves."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    change_until_minutes = models.PositiveIntegerField(
        _("modifiable en ligne jusqu’à (minutes avant)"), default=0, help_text=_("0\u00a0: jusqu’au début du rendez-vous.")
    )

    class Meta:
        constraints = [models.CheckConstraint(name="online_rules_one_row", condition=models.Q(id=1))]


class PracticalNote(models.Model):
    """A line of the cabinet's practical information: how to come, when the secretary answers, what it costs."""

    class Kind(models.TextChoices):
        """Under which heading."""

        ACCESS = "access", _("Venir au cabinet")
        HOURS = "hours", _("Secrétariat")
        PRICES = "prices", _("Tarifs")

    kind = models.CharField(_("rubrique"), max_length=10, choices=Kind.choices)
    label = models.CharField(_("texte"), max_length=200)
    value = models.CharField(_("valeur"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        ordering = ["kind", "position", "id"]

    def __str__(self) -> str:
        return self.label


class ReasonAdvice(models.Model):
    """What a patient is told about a reason: its price, what to bring or do before."""

    visit_reason = models.OneToOneField(VisitReason, on_delete=models.CASCADE, related_name="advice")
    text = models.CharField(_("conseil"), max_length=500, blank=True)
    price = models.DecimalField(
        _("tarif en euros"), max_digits=7, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
