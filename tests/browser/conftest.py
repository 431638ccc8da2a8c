"""One platform and one browser for the run; every test begins with browsers of its own."""

from collections.abc import Iterator

import pytest

from tests.browser.chromium import find_chromium
from tests.browser.patience import measures
from tests.browser.stage import Stage, staged


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything that `python3 run.py` starts, with the demo's cabinets."""
    if not find_chromium():
        pytest.skip("no Chromium: install Debian's chromium, or name one in MEDIDESK_CHROMIUM")
    with staged(tmp_path_factory.mktemp("platform")) as stage:
        yield stage


@pytest.fixture
def stage(platform: Stage) -> Iterator[Stage]:
    """The platform, before which nobody stands yet; no page may make the browser complain (a blocked resource, a script's error)."""
    platform.complaints.clear()
    yield platform
    platform.leave()
    assert platform.complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured."""
    if measures:
        terminalreporter.section("measured")
        for line in measures:
            terminalreporter.write_line(line)
