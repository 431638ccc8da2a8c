"""How large the numbers of a set-up may be (REST contract, section 1.1), and the checks that several kinds share."""

import re
from typing import Any

from django.utils.translation import gettext as _

from medidesk.errors import Refused
from patients.traits import e164

BOUNDS = {
    "duration_minutes": (5, 720),
    "buffer_before_minutes": (0, 240),
    "buffer_after_minutes": (0, 240),
    "grid_minutes": (5, 240),
    "min_notice_minutes": (0, 525_600),
    "horizon_days": (0, 730),
    "max_per_day": (1, 1_000),
    "min_days_between": (0, 3_650),
    "weekday": (0, 6),
    "every_n_weeks": (1, 520),
    "days_before": (0, 365),
    "most_visits": (0, 1_000),
    "window_days": (1, 730),
    "missed": (1, 50),
    "days": (1, 730),
}
COLOR = r"#[0-9a-fA-F]{6}"
DEFAULT_COLOR = "#0b5d4a"


def within(name: str, value: int | None, pointer: str = "") -> None:
    """Raise Refused `out-of-bounds` when a number is beyond what the contract allows; None is no limit."""
    low, high = BOUNDS[name]
    if value is not None and not low <= value <= high:
        message = _("Entre %(low)d et %(high)d.") % {"low": low, "high": high}
        raise Refused(message, code="out-of-bounds", pointer=pointer or f"/{name}")


def impossible(code: str, message: str, pointer: str) -> Refused:
    """A refusal that points at one value."""
    return Refused(message, code=code, pointer=pointer)


def color_of(values: dict[str, Any]) -> str:
    """The colour, `#rrggbb`, in small letters."""
    if not re.fullmatch(COLOR, values["color"]):
        raise impossible("color-not-valid", _("Une couleur s’écrit #rrggbb."), "/color")
    return str(values["color"]).lower()


def phone_of(values: dict[str, Any]) -> str:
    """The telephone in E.164."""
    try:
        return e164(values["phone"])
    except Refused as error:
        raise impossible(error.code, error.message, "/phone") from None


def named(values: dict[str, Any], *names: str) -> None:
    """Raise Refused `required` when a text that must be there is empty."""
    for name in names:
        if not str(values.get(name) or "").strip():
            raise impossible("required", _("Ce champ est obligatoire."), f"/{name}")
