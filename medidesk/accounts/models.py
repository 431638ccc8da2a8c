"""Who signs in, and as what."""

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from medidesk import clock


class Role(models.TextChoices):
    """What somebody is in this cabinet; the operators live in the shared schema."""

    OWNER = "owner", _("Titulaire")
    PRACTITIONER = "practitioner", _("Praticien")
    SECRETARY = "secretary", _("Secrétaire")
    TELESECRETARY = "telesecretary", _("Télésecrétaire")
    PATIENT = "patient", _("Patient")
    OPERATOR = "operator", _("Exploitant")


STAFF_ROLES = frozenset({Role.OWNER, Role.PRACTITIONER, Role.SECRETARY, Role.TELESECRETARY})


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, email: str, password: str | None = None, *, role: str = Role.PATIENT, **fields: Any) -> "User":
        """Save a person of this schema; without a password only codes and passkeys let them in."""
        user = self.model(email=self.normalize_email(email).lower(), role=role, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        """Find by address, whatever its capitals."""
        return self.get(email=(email or "").lower())

    def active(self) -> models.QuerySet["User"]:
        """Those whose account is not disabled."""
        return self.filter(is_active=True)

    def staff(self) -> models.QuerySet["User"]:
        """Those who work in the cabinet."""
        return self.filter(role__in=STAFF_ROLES)


class User(AbstractBaseUser):
    """A person of one cabinet (or, in the shared schema, an operator)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("adresse électronique"), unique=True)
    full_name = models.CharField(_("nom complet"), max_length=150, blank=True)
    role = models.CharField(_("rôle"), max_length=20, choices=Role.choices, default=Role.PATIENT)
    owns_cabinet = models.BooleanField(_("titulaire du cabinet"), default=False)  # a practitioner who is also the owner
    is_active = models.BooleanField(_("compte actif"), default=True)
    created_at = models.DateTimeField(_("créé le"), default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        ordering = ["full_name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_one_user_per_address")]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def roles(self) -> frozenset[str]:
        """All that the person is: a practitioner may own the cabinet too."""
        return frozenset({self.role, Role.OWNER}) if self.owns_cabinet else frozenset({self.role})

    def has_role(self, *roles: str) -> bool:
        """Whether the person is one of these."""
        return not self.roles.isdisjoint(roles)

    @property
    def works_here(self) -> bool:
        """Whether the person is of the cabinet's staff."""
        return self.has_role(*STAFF_ROLES)

    @property
    def is_staff(self) -> bool:
        """Whether the operators' back office may be entered (the admin's own word for it)."""
        return self.is_active and self.role == Role.OPERATOR

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """An operator may do what the back office offers; nobody else enters it."""
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        """All of them or none."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """All of them or none."""
        return self.is_staff

    def get_full_name(self) -> str:
        """The name to show."""
        return str(self)

    def clean(self) -> None:
        """One writing per address."""
        super().clean()
        self.email = self.email.lower()
