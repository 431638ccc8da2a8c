"""What a sign-in sets in motion."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest

from medidesk.cabinets.sessions import CABINET_KEY, PUBLIC


@receiver(user_logged_in, dispatch_uid="medidesk-session-names-cabinet")
def name_the_cabinet(request: HttpRequest, **_: Any) -> None:
    """The session says from its first moment which cabinet it is of."""
    request.session[CABINET_KEY] = str(getattr(connection.tenant, "uuid", PUBLIC))
