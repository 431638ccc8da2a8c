import re
from pathlib import Path

from medidesk.templatetags.icons import icon

ROOT = Path(__file__).parents[2]
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))


def test_an_icon_is_hidden_from_screen_readers_and_points_into_the_sprite():
    assert icon("phone") == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#phone"></use></svg>'


def test_a_small_icon_has_its_class():
    assert 'class="icon icon-small"' in icon("phone", "small")


def test_every_icon_named_in_a_template_is_in_the_sprite():
    named = {
        name for page in (ROOT / "templates").rglob("*.html") for name in re.findall(r'{% icon "([^"]+)"', page.read_text(encoding="utf-8"))
    }

    assert named - SPRITE == set()
