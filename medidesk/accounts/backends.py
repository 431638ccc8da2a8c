"""Who may sign in where: operators on the public host by password, a cabinet's people on its hosts."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db import connection
from django.http import HttpRequest
from django_tenants.utils import get_public_schema_name

from medidesk.accounts.models import Role, User


def in_public() -> bool:
    """Whether no cabinet is entered."""
    return connection.schema_name in (None, get_public_schema_name())


class PlatformBackend(AuthenticationBackend):
    """Operators in the shared schema, everybody else in a cabinet; neither is anything in the other place."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the person these credentials belong to here, or nobody."""
        if in_public():
            email = (credentials.get("username") or "").lower()
            found = ModelBackend.authenticate(self, request, username=email, password=credentials.get("password"))
        else:
            found = super().authenticate(request, **credentials)
        return _belonging_here(found)

    def get_user(self, user_id: Any) -> User | None:
        """Return the signed-in person while the account lives; read again at each request, so a disabled one is out at once."""
        return _belonging_here(super().get_user(user_id))


def _belonging_here(user: Any) -> User | None:
    return user if isinstance(user, User) and (user.role == Role.OPERATOR) == in_public() else None
