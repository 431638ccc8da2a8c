"""Every page by axe (WCAG 2.2 AA and best practices), wide and narrow, light and dark: no violation. And the smallest phone."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.catalogue import OTHERS, PAGES
from tests.browser.chromium import NARROW, WIDE
from tests.browser.site_ways import SITE
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
SMALLEST = {"width": 320, "height": 640}


def violations(page: Page, look: str) -> list[str]:
    """What axe finds, a line per element."""
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [
        f"{look}: {one['id']} ({one['help']}): {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(stage: Stage, name: str) -> None:
    page = PAGES[name](stage)
    page.evaluate(AXE_SCRIPT)
    found = []
    for width, size in (("1440", WIDE), ("390", NARROW)):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += violations(page, f"{width} {scheme}")
    assert found == []


@pytest.mark.parametrize("name", [*SITE, *OTHERS])
def test_nothing_is_wider_than_the_smallest_phone(stage: Stage, name: str) -> None:
    page = PAGES[name](stage, viewport=SMALLEST)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= SMALLEST["width"]
