"""Entering a cabinet, or the shared schema, for the time of a block; what was entered before comes back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def enter_cabinet(cabinet: Any) -> Iterator[Any]:
    """Run the block in the cabinet's schema."""
    before = connection.tenant
    connection.set_tenant(cabinet)
    try:
        yield cabinet
    finally:
        connection.set_tenant(before)


@contextmanager
def enter_public() -> Iterator[None]:
    """Run the block in the shared schema."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)
