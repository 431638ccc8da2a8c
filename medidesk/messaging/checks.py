"""A platform that serves patients must be able to reach them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from medidesk.messaging.providers import BUILT_IN

_SETTINGS = ("MEDIDESK_SMS_PROVIDER", "MEDIDESK_EMAIL_PROVIDER")


@register
def check_providers(**_: Any) -> list[CheckMessage]:
    """Each provider exists; outside the demonstration and the tests the outbox reaches nobody, which is worth a warning."""
    found: list[CheckMessage] = []
    for name in _SETTINGS:
        chosen = getattr(settings, name)
        try:
            import_string(BUILT_IN.get(chosen, chosen))
        except ImportError:
            found.append(Error(f"{name} names no provider: {chosen!r}.", hint=f"One of {', '.join(BUILT_IN)}.", id="messaging.E001"))
        if chosen == "outbox" and not settings.MEDIDESK_DEV_PAGES:
            found.append(Warning(f"{name} is the development outbox: nobody receives anything.", id="messaging.W001"))
    return found
