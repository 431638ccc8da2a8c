"""Who looks at a measured cabinet from outside: platforms that it tells or that tell it, somebody who has signed in."""

from collections.abc import Sequence
from typing import Any

SIMULATED_KEY = "sim-{platform}-key"  # those that a simulator knows from its birth


def connect_outward(practitioners: Sequence[Any]) -> None:
    """Two platforms that are told of every visit: their rows are written, and sent by whoever starts a worker."""
    from integrations.models import Connection, Mode, PractitionerMapping

    for platform in ("doctolib", "maiia"):
        link = Connection(platform=platform, base_url="https://platform.example", mode=Mode.BOTH, busy_out=True)
        link.api_key = SIMULATED_KEY.format(platform=platform)
        link.save()
        PractitionerMapping.objects.bulk_create(
            PractitionerMapping(connection=link, practitioner=one, external_id=f"{platform}-{one.id}") for one in practitioners
        )


def connect_inward(practitioners: Sequence[Any], reason: Any, secret: str) -> None:
    """Two platforms that tell of their visits."""
    from integrations.connections.going_live import add_secret
    from integrations.models import Connection, Mode, PractitionerMapping, ReasonMapping
    from medidesk import clock

    for platform in ("doctolib", "maiia"):
        link = Connection.objects.create(platform=platform, base_url="https://platform.example", mode=Mode.IN)
        add_secret(link, secret, ours=False, now=clock.now())
        PractitionerMapping.objects.bulk_create(
            PractitionerMapping(connection=link, practitioner=one, external_id=str(one.id)) for one in practitioners
        )
        ReasonMapping.objects.create(connection=link, visit_reason=reason, external_id="r")


def signed_in() -> str:
    """The cookie of a session in which somebody who sees the whole agenda has signed in with both factors; empty without such a person."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from medidesk.accounts.middleware import SECOND_FACTOR_KEY
    from medidesk.accounts.models import Role, User
    from medidesk.cabinets.current import current_cabinet
    from medidesk.cabinets.sessions import CABINET_KEY

    owner = User.objects.filter(role__in=(Role.OWNER, Role.SECRETARY)).first()
    if owner is None:
        return ""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(owner.pk), owner.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[SECOND_FACTOR_KEY], session[CABINET_KEY] = True, str(current_cabinet().uuid)
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
