"""Signed links of one cabinet: worth nothing on another."""

from django.core.signing import TimestampSigner
from django.db import connection

from medidesk.db.backend.base import NoSchemaEntered


def cabinet_signer(purpose: str) -> TimestampSigner:
    """Return a signer for this purpose in the entered cabinet; raise `NoSchemaEntered` outside a cabinet."""
    uuid = getattr(connection.tenant, "uuid", None)
    if uuid is None:
        raise NoSchemaEntered("A signed link belongs to a cabinet; enter one first.")
    return TimestampSigner(salt=f"medidesk:{uuid}:{purpose}")
