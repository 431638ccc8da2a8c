"""Who calls: the holder of a partner's key, named by whoever keeps the keys (setting MEDIDESK_API_AUTHENTICATOR)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from medidesk.api.problems import ApiError

SCOPES = ("agenda:read", "agenda:write", "patients:read", "patients:write", "settings:read", "settings:write", "webhooks")


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner's key, checked: its name signs what it does, `staff` keys are warned where others are refused."""

    key_id: UUID
    name: str
    scopes: frozenset[str]
    staff: bool = False

    def may(self, scope: str) -> bool:
        """Does the key hold this scope? Write implies read of the same family."""
        return scope in self.scopes or (scope.endswith(":read") and scope.replace(":read", ":write") in self.scopes)

    def need(self, *scopes: str) -> None:
        """Raise 403 `missing-scope` unless the key holds one of these scopes."""
        if not any(self.may(scope) for scope in scopes):
            raise ApiError(403, "missing-scope", _("Cette clé n’a pas le droit « %(scope)s ».") % {"scope": scopes[0]})


@lru_cache(maxsize=8)
def named_by(setting: str) -> Callable[..., Any]:
    """The function that a setting names by its dotted path."""
    return import_string(getattr(settings, setting))


def authenticate(request: HttpRequest, now: datetime) -> Caller:
    """The holder of the key in the Authorization header; raises 401 for no, an unknown, a revoked or another cabinet's key."""
    scheme, _space, key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    caller = named_by("MEDIDESK_API_AUTHENTICATOR")(key.strip(), now) if scheme.lower() == "bearer" and key.strip() else None
    if caller is None:
        message = _("Il faut une clé valable de ce cabinet : Authorization: Bearer …")
        raise ApiError(401, "unauthenticated", message, headers={"WWW-Authenticate": 'Bearer realm="MediDesk"'})
    return caller
