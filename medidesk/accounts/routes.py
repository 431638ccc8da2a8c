"""The map of routes and who may call each: read by the start-up check, by the tests and by the middleware's tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver
from django.views.generic.base import RedirectView

from medidesk.accounts.permissions import Access, access_of

# Libraries that ask for themselves: path prefix → the packages whose views may live there without a declaration of ours.
LIBRARY_ROUTES = {
    "compte/": ("allauth.",),  # each of allauth's pages says itself whether it needs a signed-in person
    "operateurs/": ("django.contrib.", "unfold.", "medidesk.cabinets.admin"),  # the admin site asks for an operator
}


@dataclass(frozen=True)
class Route:
    """One path of a host."""

    path: str
    view: Callable[..., Any]
    access: Access | None

    @property
    def is_library(self) -> bool:
        """Whether a library on the explicit list answers here."""
        for prefix, packages in LIBRARY_ROUTES.items():
            if self.path.startswith(prefix):
                return self.view.__module__.startswith(packages) or getattr(self.view, "view_class", None) is RedirectView
        return False


def routes(urlconf: str) -> Iterator[Route]:
    """Every path of a urlconf."""
    yield from _walk(import_module(urlconf).urlpatterns, "")


def unclassified(urlconf: str) -> list[Route]:
    """The paths that neither declare who may call them nor belong to a listed library."""
    return [route for route in routes(urlconf) if route.access is None and not route.is_library]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield Route(path, pattern.callback, access_of(pattern.callback))
