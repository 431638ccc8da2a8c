"""Pages outside any cabinet: the directory, the operators' back office, health."""

from django.urls import include, path

from medidesk.cabinets.admin import operators
from medidesk.health import healthz
from medidesk.urls_cabinet import exists

PAGES = ["booking.urls_public", "integrations.urls_public"]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("operateurs/", operators.urls),
    *(path("", include(module)) for module in PAGES if exists(module)),
]
