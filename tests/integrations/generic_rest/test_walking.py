"""Lists are read to their end, and are whole only when they say so themselves."""

from typing import Any

import pytest

from integrations.generic_rest.description import Paging
from integrations.generic_rest.walking import MOST_PAGES, walk

CURSOR = Paging("cursor", ask="after", next="next", size_name="limit", size=2, complete="whole")
NUMBERS = Paging("numbers", ask="page", first=1, total="total", more="more")


def walked(paging: Paging, pages: list[dict[str, Any]]) -> tuple[list[Any], bool, list[dict[str, Any]]]:
    """The items, whether that is all, and what was asked."""
    asked: list[dict[str, Any]] = []

    def ask(more: dict[str, Any]) -> dict[str, Any]:
        asked.append(more)
        return pages[len(asked) - 1]

    found, complete = walk(paging, ask, lambda page: page["items"])
    return found, complete, asked


def test_cursors_lead_on():
    pages = [{"items": [1, 2], "next": "b", "whole": False}, {"items": [3], "next": None, "whole": True}]

    assert walked(CURSOR, pages) == ([1, 2, 3], True, [{"limit": 2}, {"limit": 2, "after": "b"}])


def test_numbers_count_on_until_no_more_follow():
    pages = [{"items": [1], "total": 2, "more": True}, {"items": [2], "total": 2, "more": False}]

    assert walked(NUMBERS, pages) == ([1, 2], True, [{"page": 1}, {"page": 2}])


@pytest.mark.parametrize(
    ("paging", "pages"),
    [
        (CURSOR, [{"items": [1], "next": None}]),
        (CURSOR, [{"items": [1], "next": None, "whole": "yes"}]),
        (CURSOR, [{"items": [1], "next": {"odd": 1}, "whole": False}]),
        (NUMBERS, [{"items": [1], "total": 2, "more": False}]),
        (NUMBERS, [{"items": [1], "total": 1}]),
        (NUMBERS, [{"items": [1], "more": False}]),
        (NUMBERS, [{"items": [1], "total": 3, "more": True}, {"items": [], "total": 3, "more": True}]),
        (Paging("none", total="total"), [{"items": [1], "total": 2}]),
    ],
)
def test_what_does_not_say_that_it_is_whole_is_not(paging: Paging, pages: list[dict[str, Any]]):
    assert walked(paging, pages)[1] is False


def test_a_list_without_an_end_is_left():
    found, complete, _asked = walked(CURSOR, [{"items": [1], "next": "again", "whole": True}] * MOST_PAGES)

    assert (len(found), complete) == (MOST_PAGES, False)
