"""Making, finding and revoking partners' keys."""

import hashlib
import secrets
import string
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.partners.models import ApiKey
from medidesk.api.callers import SCOPES
from medidesk.errors import NotFound, Refused

PREFIX_LENGTH = 12  # "mdk" and nine random signs: enough to name a key, far too little to guess it
SECRET_LENGTH = 40  # 62**40: a fast digest is safe for so much chance
_ALPHABET = string.ascii_letters + string.digits


def digest_of(key: str) -> str:
    """What is stored instead of the key."""
    return hashlib.sha256(key.encode()).hexdigest()


def create_key(*, name: str, scopes: Iterable[str], staff: bool = False) -> tuple[ApiKey, str]:
    """Make a key and answer it with its row; it can never be read again. Raises Refused `unknown-scope`, `name-needed`."""
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise Refused(_("Droits possibles : %(scopes)s.") % {"scopes": ", ".join(SCOPES)}, code="unknown-scope")
    if not name.strip():
        raise Refused(_("Le nom du partenaire manque."), code="name-needed")
    prefix = "mdk" + _random(PREFIX_LENGTH - 3)
    key = f"{prefix}.{_random(SECRET_LENGTH)}"
    row = ApiKey.objects.create(name=name.strip()[:100], prefix=prefix, digest=digest_of(key), scopes=wanted, staff=staff)
    return row, key


def keys_beginning_with(text: str) -> list[ApiKey]:
    """The keys in use that `text` names: the first signs of a key, as many as one likes, or the key itself.

    Signs beyond the prefix are stored nowhere: they are believed unless the whole key is given, which must then be right.
    """
    if len(text) > PREFIX_LENGTH:
        rows = ApiKey.objects.filter(prefix=text[:PREFIX_LENGTH], revoked_at=None) if text[PREFIX_LENGTH] == "." else ApiKey.objects.none()
        return list(rows.filter(digest=digest_of(text)) if len(text) > PREFIX_LENGTH + SECRET_LENGTH else rows)
    return list(ApiKey.objects.filter(prefix__startswith=text, revoked_at=None))


def revoke_key(key: ApiKey, *, now: datetime) -> None:
    """End a key; every process refuses it within KEPT (authentication.py). Raises NotFound when it had ended already."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        raise NotFound(_("Cette clé est déjà révoquée."))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
