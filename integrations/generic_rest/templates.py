"""Bodies, queries and paths with `{placeholders}` in them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from integrations.speaking.wire import part

PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """The same JSON with the values in their places. A text that is nothing but one placeholder becomes the value itself; a field whose
    value is missing is left out."""
    if isinstance(template, Mapping):
        filled = {name: fill(each, values) for name, each in template.items()}
        return {name: each for name, each in filled.items() if each is not None or template[name] is None}
    if isinstance(template, list):
        return [fill(each, values) for each in template]
    if not isinstance(template, str):
        return template
    only = PLACEHOLDER.fullmatch(template)
    if only:
        value = values.get(only.group(1))
        return None if value == "" else value
    return PLACEHOLDER.sub(lambda found: str(values.get(found.group(1), "")), template)


def fill_path(template: str, values: Mapping[str, Any]) -> str:
    """A path with each value as one part of it."""
    return PLACEHOLDER.sub(lambda found: part(str(values.get(found.group(1), ""))), template)


def placeholders(template: Any) -> Iterator[str]:
    """The names that a template wants filled."""
    if isinstance(template, Mapping):
        for each in template.values():
            yield from placeholders(each)
    elif isinstance(template, list):
        for each in template:
            yield from placeholders(each)
    elif isinstance(template, str):
        yield from PLACEHOLDER.findall(template)
