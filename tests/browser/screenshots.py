"""`python3 -m tests.browser.screenshots [NAME…]`: every page, or those named, at 390 and 1440 pixels into docs/screenshots/."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.catalogue import PAGES
from tests.browser.chromium import NARROW, WIDE
from tests.browser.small_png import small_png
from tests.browser.stage import Stage, staged

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
MOST_BYTES = 150_000


def picture(stage: Stage, name: str) -> None:
    """Both pictures of one page, as much as the window shows; SystemExit when a file is not small."""
    for size in (WIDE, NARROW):
        path = FOLDER / f"{name}-{size['width']}.png"
        page = PAGES[name](stage, viewport=size)
        page.evaluate("document.fonts.ready.then(() => true)")
        path.write_bytes(small_png(stage.page(), page.screenshot(animations="disabled", caret="hide")))
        stage.leave()
        if path.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{path.name}: {path.stat().st_size} bytes")
        print(f"{path.name}  {path.stat().st_size // 1000} kB", flush=True)


def main(names: Sequence[str]) -> None:
    """Start the demo and take the pictures; SystemExit names the pages that do not exist."""
    if unknown := set(names) - set(PAGES):
        raise SystemExit(f"no such page: {', '.join(sorted(unknown))}; there are: {', '.join(PAGES)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, staged(Path(folder)) as stage:
        for name in names or PAGES:
            picture(stage, name)


if __name__ == "__main__":
    main(sys.argv[1:])
