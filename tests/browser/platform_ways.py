"""The pages of the two simulators, each in the state in which it is looked at."""

from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.sync_api import Page

from tests.browser.people import newcomer
from tests.browser.platform_page import PlatformPage
from tests.browser.stage import Stage
from tests.browser.ways import Way

DOCTOR = ("Dr Hélène Aubry", "Consultation de médecine générale")


def _plain(address: str) -> Callable[..., Page]:
    def way(name: str, stage: Stage, **options: Any) -> Page:
        page = stage.page(**options)
        page.goto(f"{stage.demo.addresses[name]}{address}")
        return page

    return way


def _times(name: str, stage: Stage, **options: Any) -> PlatformPage:
    platform = stage.platform(name, **options)
    platform.times(*DOCTOR)
    return platform


def _form(name: str, stage: Stage, **options: Any) -> PlatformPage:
    platform = _times(name, stage, **options)
    platform.page.locator("button[data-start]").last.click()
    platform.page.locator("#confirm").wait_for()
    return platform


def _errors(name: str, stage: Stage, **options: Any) -> Page:
    page = _form(name, stage, **options).page
    page.locator("#confirm").click()
    page.locator("#errors").wait_for()
    return page


def _booked(name: str, stage: Stage, **options: Any) -> Page:
    platform = _form(name, stage, **options)
    platform.fill(newcomer())
    platform.confirm()
    return platform.page


def _after(selector: str) -> Callable[..., Page]:
    def way(name: str, stage: Stage, **options: Any) -> Page:
        page = _booked(name, stage, **options)
        page.locator(selector).click()
        page.locator("#confirm-cancel, #times").wait_for()
        return page

    return way


_WAYS: dict[str, Callable[..., Page]] = {
    "home": _plain("/"),
    "times": lambda name, stage, **options: _times(name, stage, **options).page,
    "form": lambda name, stage, **options: _form(name, stage, **options).page,
    "errors": _errors,
    "visit": _booked,
    "cancel": _after("#cancel"),
    "move": _after("#move"),
    "visits": _plain("/rendez-vous"),
    "ledger": _plain("/ledger"),
}

PLATFORMS: dict[str, Way] = {f"{name}-{page}": partial(way, name) for name in ("doctolib", "maiia") for page, way in _WAYS.items()}
