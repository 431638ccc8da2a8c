"""A list read page after page, and whether it is whole: only what the platform says itself counts."""

from collections.abc import Callable, Mapping
from typing import Any

from integrations.generic_rest.description import Paging
from integrations.generic_rest.paths import find

MOST_PAGES = 500
Page = Mapping[str, Any]


def walk(
    paging: Paging, ask: Callable[[dict[str, Any]], Page], items_of: Callable[[Page], list[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], bool]:
    """All items of a list; `ask` gets a page by what its query says besides. A list longer than MOST_PAGES is not whole."""
    found: list[dict[str, Any]] = []
    sized = {paging.size_name: paging.size} if paging.size_name else {}
    place: dict[str, Any] = {paging.ask: paging.first} if paging.style == "numbers" else {}
    for number in range(paging.first, paging.first + MOST_PAGES):
        page = ask({**sized, **place})
        items = items_of(page)
        found += items
        following = _following(paging, page, number, items, len(found))
        if following is None:
            return found, _is_whole(paging, page, len(found))
        place = following
    return found, False


def _following(paging: Paging, page: Page, number: int, items: list[Any], seen: int) -> dict[str, Any] | None:
    """What asks for the next page, `None` at the end."""
    if paging.style == "cursor":
        cursor = find(page, paging.next)
        return {paging.ask: cursor} if cursor and isinstance(cursor, str | int) else None
    if paging.style == "none" or not items:
        return None
    is_last = paging.complete and find(page, paging.complete) is True
    is_last = is_last or (paging.more and find(page, paging.more) is not True)
    total = find(page, paging.total) if paging.total else None
    is_last = is_last or (isinstance(total, int) and seen >= total)
    return None if is_last else {paging.ask: number + 1}


def _is_whole(paging: Paging, page: Page, seen: int) -> bool:
    """Does the last page say, in every way that it has, that nothing is missing?"""
    complete = not paging.complete or find(page, paging.complete) is True
    no_more = not paging.more or find(page, paging.more) is False
    counted = not paging.total or find(page, paging.total) == seen
    return complete and no_more and counted
