"""Pages inside a cabinet: the apps' own routes, by name."""

from importlib.util import find_spec

from django.urls import include, path, re_path

from medidesk.accounts.permissions import public_page
from medidesk.api.problems import no_such_route
from medidesk.cabinets.file_views import cabinet_file

PAGES = [
    "booking.urls", "agenda.urls", "agenda.urls_settings", "patients.urls", "integrations.urls", "medidesk.messaging.urls",
    "medidesk.live.urls",
]  # fmt: skip
WEBHOOKS = ["integrations.incoming.webhook_urls"]
REST = ["agenda.api.urls", "patients.api.urls", "booking.api.urls", "integrations.api.urls", "medidesk.api.urls"]


def exists(module: str) -> bool:
    """Whether the module can be imported; a missing parent package counts as missing."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns = [
    *(path("api/webhooks/", include(module)) for module in WEBHOOKS if exists(module)),
    path("compte/", include("medidesk.accounts.urls")),
    path("fichiers/<str:token>", cabinet_file, name="cabinet_file"),
    *(path("api/v1/", include(module)) for module in REST if exists(module)),
    *(path("", include(module)) for module in PAGES if exists(module)),
    re_path(r"^api/", public_page(no_such_route)),
]

handler400 = "medidesk.api.handlers.bad_request"
handler403 = "medidesk.api.handlers.permission_denied"
handler404 = "medidesk.api.handlers.not_found"
handler500 = "medidesk.api.handlers.server_error"
