"""The address where a patient sees, moves or cancels a visit: asked of whoever serves patients."""

from collections.abc import Callable

from agenda.models import Appointment

_builders: list[Callable[[Appointment], str]] = []


def register_link_builder(builder: Callable[[Appointment], str]) -> None:
    """Let `builder` write the signed address of a visit; the last one registered is asked."""
    _builders.append(builder)


def link_to(appointment: Appointment) -> str:
    """The signed address of the visit, absolute; empty when nobody serves patients."""
    return _builders[-1](appointment) if _builders else ""
