"""Who may sign in where: operators on the public host by password, a cabinet's people on its hosts."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.http import HttpRequest
from django_tenants.utils import get_public_schema_name

from medidesk.accounts.models import Role, User


def _in_public() -> bool:
    return connection.schema_name in (None, get_public_schema_name())


class OperatorBackend(ModelBackend):
    """Operators, in the shared schema only."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the operator, or nobody."""
        user = super().authenticate(request, username=(username or "").lower(), password=password, **kwargs) if _in_public() else None
        return user if isinstance(user, User) and user.role == Role.OPERATOR else None

    def get_user(self, user_id: Any) -> User | None:
        """Return the signed-in operator while the account lives."""
        return super().get_user(user_id) if _in_public() else None


class CabinetBackend(AuthenticationBackend):
    """The people of the entered cabinet."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the person, or nobody; nobody at all outside a cabinet."""
        return None if _in_public() else super().authenticate(request, **credentials)

    def get_user(self, user_id: Any) -> User | None:
        """Return the signed-in person while the account lives."""
        return None if _in_public() else super().get_user(user_id)
