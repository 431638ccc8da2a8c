"""A cabinet: one schema, one or more host names, one time zone."""

import secrets
import string
import uuid
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin
from django_tenants.utils import schema_exists

from medidesk import clock

SCHEMA_ALPHABET = string.ascii_lowercase + string.digits
SCHEMA_LENGTH = 14  # letters and digits: 36**13 names, none of them guessable


def generate_schema_name() -> str:
    """Return a new schema name; names are generated, never typed."""
    return "c" + "".join(secrets.choice(SCHEMA_ALPHABET) for _ in range(SCHEMA_LENGTH - 1))


def validate_time_zone(value: str) -> None:
    """Refuse what is not an IANA zone name."""
    if value not in available_timezones():
        raise ValidationError(_("Fuseau horaire inconnu : %(value)s."), params={"value": value})


class CabinetQuerySet(models.QuerySet["Cabinet"]):
    """Selections of cabinets."""

    def open(self) -> Self:
        """Those that receive visitors."""
        return self.filter(status=Cabinet.Status.OPEN)

    def listed(self) -> Self:
        """Those that asked to be in the public directory."""
        return self.open().filter(is_listed=True)


class Cabinet(TenantMixin):
    """The tenant."""

    class Status(models.TextChoices):
        """Whether the cabinet answers."""

        OPEN = "open", _("Ouvert")
        SUSPENDED = "suspended", _("Suspendu")
        CLOSED = "closed", _("Fermé")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    schema_name = models.CharField(max_length=63, unique=True, default=generate_schema_name, editable=False)
    name = models.CharField(_("nom"), max_length=120)
    slug = models.SlugField(_("nom court"), max_length=60, unique=True)
    time_zone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris", validators=[validate_time_zone])
    status = models.CharField(_("état"), max_length=10, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField(_("créé le"), default=clock.now, editable=False)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    city = models.CharField(_("ville"), max_length=80, blank=True)
    presentation = models.TextField(_("présentation"), blank=True)
    is_listed = models.BooleanField(_("dans l’annuaire"), default=False)

    objects = CabinetQuerySet.as_manager()

    class Meta:
        verbose_name = _("cabinet")
        verbose_name_plural = _("cabinets")
        ordering = ["name"]

    @cached_property
    def primary_host(self) -> str:
        """The main host name, empty when there is none; asked once in the life of this object (half a minute at most)."""
        return Domain.objects.filter(tenant=self, is_primary=True).values_list("domain", flat=True).first() or ""

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> Self:
        # The library keeps what to go back to in one list for all threads; here each thread keeps its own, on its connection.
        connection.__dict__.setdefault("entered_from", []).append(connection.tenant)
        connection.set_tenant(self)
        return self

    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None) -> None:
        connection.set_tenant(connection.__dict__["entered_from"].pop())

    def create_schema(self, check_if_exists: bool = False, sync_schema: bool = True, verbosity: int = 1) -> bool | None:
        """Make the schema by replay of another cabinet's structure, else by migrations."""
        from medidesk.cabinets.replay import replay_schema

        if sync_schema and not schema_exists(self.schema_name) and replay_schema(self.schema_name):
            return True
        return super().create_schema(check_if_exists=check_if_exists, sync_schema=sync_schema, verbosity=verbosity)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the cabinet's wall time."""
        return ZoneInfo(self.time_zone)

    @property
    def is_open(self) -> bool:
        """Whether the cabinet receives visitors."""
        return self.status == self.Status.OPEN


class Domain(DomainMixin):
    """A host name of a cabinet, without port."""

    class Meta:
        verbose_name = _("nom d’hôte")
        verbose_name_plural = _("noms d’hôte")
