"""What must hold before the process starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from medidesk.accounts.routes import unclassified


@register(Tags.security)
def every_route_says_who_may_call_it(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """An unclassified route stops the start: nobody decided who may read what it answers."""
    return [
        Error(
            f"{urlconf}: /{route.path} declares nobody ({route.view.__module__}.{getattr(route.view, '__qualname__', route.view)}).",
            hint="Mark the view with @allow(…), @public_page or @partner(…) of medidesk.accounts.permissions.",
            id="medidesk.E001",
        )
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
        for route in unclassified(urlconf)
    ]


@register(Tags.security)
def every_cabinet_table_stays_in_its_cabinet(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """An application in both lists would leave a second set of tables in public for a missing one to fall through to."""
    meant = {"django.contrib.sessions", "medidesk.accounts"}
    both = set(settings.SHARED_APPS).intersection(settings.TENANT_APPS) - meant
    return [Error(f"{app} is in SHARED_APPS and in TENANT_APPS.", id="medidesk.E002") for app in sorted(both)]
