import re
from pathlib import Path

import pytest
from django.template.loader import get_template

FOLDER = Path(__file__).parents[2] / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in (".html", ".txt"))
NOT_TEXT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<svg.*?</svg>|<script.*?</script>|<style.*?</style>", re.DOTALL)
BREAKABLE = re.compile(r"[\w»}’] [?!:;»€](?=[\"'\s<{.,]|$)|« \S", re.MULTILINE)
FORBIDDEN = re.compile(r"<[^>]*\s(style|on[a-z]+|hx-on[^=]*)=|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_nothing_that_the_policy_of_the_pages_refuses(name):
    assert FORBIDDEN.search((FOLDER / name).read_text(encoding="utf-8")) is None


FOLDERS = ("booking/", "cabinets/", "agenda/", "patients/", "account/")
PEOPLE_READ = [name for name in NAMES if name.endswith(".html") and ("/" not in name or name.startswith(FOLDERS))]


@pytest.mark.parametrize("name", PEOPLE_READ)
def test_no_line_can_break_before_double_punctuation(name):
    text = NOT_TEXT.sub("", (FOLDER / name).read_text(encoding="utf-8"))

    assert [found.group() for found in BREAKABLE.finditer(text)] == []
