"""On which line of a JSON text each value begins, for messages that say where."""

import json
import re

Place = tuple[str | int, ...]
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class Lines:
    """The lines of a text that is JSON; `doubled` are the names that stand twice in one object."""

    def __init__(self, text: str) -> None:
        self.of: dict[Place, int] = {}
        self.doubled: list[Place] = []
        self._tokens = [(found.group(), text.count("\n", 0, found.start()) + 1) for found in _TOKEN.finditer(text)]
        self._next = 0
        self._value(())

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest one around it when it is missing."""
        while place not in self.of:
            place = place[:-1]
        return self.of[place]

    def _take(self) -> tuple[str, int]:
        self._next += 1
        return self._tokens[self._next - 1]

    def _value(self, place: Place) -> None:
        token, line = self._take()
        self.of.setdefault(place, line)
        if token == "{":
            self._object(place)
        elif token == "[":
            self._list(place)

    def _object(self, place: Place) -> None:
        while (taken := self._take())[0] != "}":
            token, line = taken
            if token == ",":
                continue
            inner = (*place, json.loads(token))
            if inner in self.of:
                self.doubled.append(inner)
            self.of[inner] = line
            self._take()  # the colon
            self._value(inner)

    def _list(self, place: Place) -> None:
        index = 0
        while self._tokens[self._next][0] != "]":
            if self._tokens[self._next][0] == ",":
                self._next += 1
                continue
            self._value((*place, index))
            index += 1
        self._next += 1
