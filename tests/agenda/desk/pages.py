"""Reading the desk's pages in tests."""

import re

from agenda.desk.numbers import number_of

DAY = "/agenda/jour/2026-03-02"


def items(html: str, kind: str) -> list[str]:
    """The visible words of the items of that class, in order."""
    found = re.findall(rf'<li class="{kind}[ "].*?</li>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", re.sub(r'<span class="sr-only">.*?</span>', "", one)).split()) for one in found]


def classes_of(html: str, visit) -> set[str]:
    """The classes of one visit's item."""
    found = re.search(rf'<li class="([^"]*)" data-id="{number_of(visit.id)}"', html)
    return set(found.group(1).split()) if found else set()
