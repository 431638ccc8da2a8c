"""Where, who, with what and what for: what the cabinet sets up once."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from medidesk.db.versioned import Versioned


class SetupRevision(models.Model):
    """One row: a counter that a trigger bumps with every write to the set-up tables, so that no cached schedule is ever stale."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)


class Site(Versioned):
    """Where visits take place; its postal code decides the public holidays."""

    name = models.CharField(_("nom"), max_length=100)
    address_line = models.CharField(_("adresse"), max_length=200, blank=True)
    postal_code = models.CharField(_("code postal"), max_length=10, blank=True)
    city = models.CharField(_("ville"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)

    def __str__(self) -> str:
        return self.name


class Practitioner(Versioned):
    """Has an agenda. `specialty` is a TRE_R38 code; `rpps` is kept even when its check digit fails."""

    title = models.CharField(_("titre"), max_length=20, blank=True)
    first_name = models.CharField(_("prénom"), max_length=100)
    last_name = models.CharField(_("nom"), max_length=100)
    specialty = models.CharField(_("spécialité"), max_length=10, null=True, blank=True)
    role_label = models.CharField(_("métier affiché"), max_length=60, blank=True)
    rpps = models.CharField("RPPS", max_length=11, blank=True)
    sites = models.ManyToManyField(Site, related_name="practitioners", blank=True)
    bookable_online = models.BooleanField(_("réservable en ligne"), default=True)
    works_on_holidays = models.BooleanField(_("travaille les jours fériés"), default=False)
    color = models.CharField(_("couleur"), max_length=7, default="#0b5d4a")
    shares_time = models.BooleanField(_("occupation partagée entre ses cabinets"), default=False)
    position = models.PositiveSmallIntegerField(_("ordre des colonnes"), default=0)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="practitioner")

    class Meta:
        ordering = ["position", "last_name", "first_name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """`Dr Hélène Aubry`."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)


class Resource(Versioned):
    """A room or a device that a visit may also need."""

    class Kind(models.TextChoices):
        """What it is."""

        ROOM = "room", _("Salle")
        DEVICE = "device", _("Équipement")

    name = models.CharField(_("nom"), max_length=100)
    kind = models.CharField(_("sorte"), max_length=10, choices=Kind.choices)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="resources")

    def __str__(self) -> str:
        return self.name


class BookableBy(models.TextChoices):
    """Who may take this reason by oneself."""

    EVERYONE = "everyone", _("Tout le monde")
    KNOWN = "known", _("Patients connus")
    STAFF = "staff", _("Cabinet seulement")


class VisitReason(Versioned):
    """What a visit is for: duration, buffers, grid, notice, horizon (bounds of the REST contract), and who may book it."""

    name = models.CharField(_("libellé public"), max_length=100)
    internal_name = models.CharField(_("libellé interne"), max_length=100, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(_("durée"), validators=[MinValueValidator(5), MaxValueValidator(720)])
    buffer_before_minutes = models.PositiveSmallIntegerField(_("battement avant"), default=0, validators=[MaxValueValidator(240)])
    buffer_after_minutes = models.PositiveSmallIntegerField(_("battement après"), default=0, validators=[MaxValueValidator(240)])
    grid_minutes = models.PositiveSmallIntegerField(
        _("pas de la grille"), null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    min_notice_minutes = models.PositiveIntegerField(_("délai minimum"), default=0, validators=[MaxValueValidator(525_600)])
    horizon_days = models.PositiveSmallIntegerField(_("horizon"), null=True, blank=True, validators=[MaxValueValidator(730)])
    bookable_by = models.CharField(_("qui peut réserver"), max_length=10, choices=BookableBy.choices, default=BookableBy.EVERYONE)
    needs_validation = models.BooleanField(_("à valider par le cabinet"), default=False)
    max_per_day = models.PositiveSmallIntegerField(_("maximum par jour"), null=True, blank=True)
    min_days_between = models.PositiveSmallIntegerField(_("délai entre deux visites"), null=True, blank=True)
    one_upcoming = models.BooleanField(_("une seule visite à venir"), default=False)
    avoid_holes = models.BooleanField(_("sans trou inutilisable"), default=False)
    practitioners = models.ManyToManyField(Practitioner, through="ReasonOffer", related_name="visit_reasons")
    resource_kinds = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    color = models.CharField(_("couleur"), max_length=7, default="#0b5d4a")
    instruction = models.TextField(_("consigne"), blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        ordering = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.internal_name or self.name


class ReasonOffer(models.Model):
    """This practitioner offers this reason, perhaps with another duration (minutes)."""

    visit_reason = models.ForeignKey(VisitReason, on_delete=models.CASCADE, related_name="offers")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="offers")
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(720)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit_reason", "practitioner"], name="one_offer_per_reason")]
