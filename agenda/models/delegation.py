"""Who works in place of whom, until when, and which agendas are opened to whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agenda.models.setup import Practitioner
from medidesk import clock
from medidesk.accounts.models import Role
from medidesk.db.versioned import Versioned


class Substitution(Versioned):
    """`substitute` works in place of `practitioner` from `first_day` to `last_day`, both included, on the cabinet's wall.

    What it allows is computed from these dates at each look: nothing has to run for it to end. `ended_at` ends it before its day.
    """

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="replacements")
    substitute = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="substitutions")
    first_day = models.DateField(_("premier jour"))
    last_day = models.DateField(_("dernier jour"))
    arranged_by = models.CharField(max_length=200, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["first_day", "last_day", "id"]
        indexes = [models.Index(fields=["last_day"], name="substitution_last_day", condition=Q(deleted_at=None, ended_at=None))]
        constraints = [
            models.CheckConstraint(name="substitution_ends_after_start", condition=Q(first_day__lte=F("last_day"))),
            models.CheckConstraint(name="substitution_of_another", condition=~Q(practitioner=F("substitute"))),
        ]


class OpenedAgenda(models.Model):
    """An agenda that one person, or everybody of one role, may see beside the own ones; for good when `until` is empty, else until
    that day, included."""

    ROLES = (Role.PRACTITIONER, Role.TELESECRETARY)

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, blank=True, choices=[(role.value, role.label) for role in ROLES])
    until = models.DateField(_("jusqu’au"), null=True, blank=True)
    opened_by = models.CharField(max_length=200, blank=True, editable=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["practitioner__position", "practitioner__last_name", "id"]
        constraints = [
            models.CheckConstraint(name="agenda_opened_to_one", condition=Q(user__isnull=True) ^ Q(role="")),
            models.UniqueConstraint(fields=["practitioner", "user"], name="agenda_opened_once_to_a_person", condition=Q(role="")),
            models.UniqueConstraint(fields=["practitioner", "role"], name="agenda_opened_once_to_a_role", condition=Q(user=None)),
        ]


_SAID = {
    "substitution-arranged": _("Remplacement prévu"),
    "substitution-changed": _("Remplacement modifié"),
    "substitution-ended": _("Remplacement terminé"),
    "substitution-withdrawn": _("Remplacement retiré"),
    "agenda-opened": _("Agenda ouvert"),
    "agenda-closed": _("Agenda refermé"),
    "sharing-on": _("Occupation partagée entre cabinets"),
    "sharing-off": _("Occupation partagée arrêtée"),
}


class RightsEntry(models.Model):
    """What was granted or taken back: when, by whom, which act, what about. Rows are only ever added."""

    at = models.DateTimeField(default=clock.now)
    by = models.CharField(max_length=200)
    act = models.CharField(max_length=40)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    @property
    def said(self) -> str:
        """The act in words."""
        return str(_SAID.get(self.act, self.act))
