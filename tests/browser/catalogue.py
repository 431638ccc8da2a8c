"""Every page, by name: for accessibility, narrow screens, and screenshots."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.absence_ways import ABSENCE
from tests.browser.connection_ways import CONNECTIONS
from tests.browser.desk_ways import DESK
from tests.browser.import_ways import IMPORTS
from tests.browser.platform_ways import PLATFORMS
from tests.browser.settings_ways import SETTINGS
from tests.browser.site_ways import SITE
from tests.browser.stage import Stage
from tests.browser.together_ways import TOGETHER
from tests.browser.waiting_ways import WAITING
from tests.browser.ways import Way, at, shown

OTHERS: dict[str, Way] = {}


@shown(OTHERS, "directory")
def directory(stage: Stage, **options: Any) -> Page:
    """The cabinets, on the public host."""
    page = stage.page(**options)
    page.goto(stage.demo.web_url)
    return page


OTHERS["login"] = at("/compte/login/")
OTHERS["outbox"] = at("/_dev/outbox")
OTHERS["api-reference"] = at("/api/v1/")


PAGES = {**DESK, **ABSENCE, **TOGETHER, **WAITING, **SETTINGS, **IMPORTS, **CONNECTIONS, **SITE, **PLATFORMS, **OTHERS}
