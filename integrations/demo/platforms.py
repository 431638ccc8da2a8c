"""The demo's two platforms."""

from medidesk.cabinets.models import Cabinet


def connect_platforms(cabinet: Cabinet, addresses: dict[str, str], visits: list[dict]) -> None:
    """Connect."""


def follow_platforms(cabinet: Cabinet, addresses: dict[str, str]) -> None:
    """Follow."""
