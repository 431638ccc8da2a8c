"""A page's name, and the way to it for a stage and a browser's options."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.browser.stage import Stage

Way = Callable[..., Page]


def shown(ways: dict[str, Way], name: str) -> Callable[[Way], Way]:
    """Put a way into the catalogue."""

    def keep(way: Way) -> Way:
        ways[name] = way
        return way

    return keep


def at(address: str) -> Way:
    """A page of the cabinet's host with an address of its own."""

    def way(stage: Stage, **options: Any) -> Page:
        page = stage.page(**options)
        page.goto(f"{stage.site_url}{address}")
        return page

    return way
