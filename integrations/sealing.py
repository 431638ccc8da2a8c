"""Secrets at rest: AES-256-GCM under a key of the cabinet's own, bound to the column and row they belong to."""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from integrations.errors import SecretUnreadable
from medidesk.cabinets.current import current_cabinet

NONCE_BYTES = 12  # as NIST SP 800-38D recommends for random nonces


def seal(secret: str, place: str) -> bytes:
    """Encrypt `secret` for `place` ("table.column:row"); it opens nowhere else."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, secret.encode(), place.encode())


def unseal(sealed: bytes, place: str) -> str:
    """The secret again; empty stays empty. Raises SecretUnreadable for another cabinet's, another place's or a damaged one."""
    if not sealed:
        return ""
    try:
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
    except InvalidTag as problem:
        raise SecretUnreadable() from problem


def _cipher() -> AESGCM:
    return AESGCM(_key(settings.SECRET_KEY, str(current_cabinet().uuid)))


@lru_cache(maxsize=1024)
def _key(secret_key: str, cabinet: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"medidesk connections {cabinet}".encode()).derive(secret_key.encode())
