"""Pages outside any cabinet: the directory, the operators' back office, health."""

from django.contrib import admin
from django.urls import include, path

from medidesk.health import healthz
from medidesk.urls_cabinet import exists

PAGES = ["booking.urls_public", "integrations.urls_public"]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("operateurs/", admin.site.urls),
    *(path("", include(module)) for module in PAGES if exists(module)),
]
