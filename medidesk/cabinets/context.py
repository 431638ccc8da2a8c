"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from medidesk.csp import events_origin


def cabinet(request: HttpRequest) -> dict[str, Any]:
    """The cabinet of the page (`None` on the public host), where its events stream from, whether this is the demo."""
    return {"cabinet": getattr(request, "cabinet", None), "events_url": events_origin(request), "is_demo": settings.MEDIDESK_DEMO}
