"""A partner for tests: an HTTP client that speaks JSON with a key."""

from typing import Any

from django.db import connection
from django.test import Client

from integrations.partners.keys import create_key

ALL_SCOPES = ("agenda:write", "patients:write", "settings:write")


class Partner:
    """Calls /api/v1/ of the entered cabinet with a key of its own."""

    def __init__(self, host: str, *scopes: str, name: str = "Portail", staff: bool = False) -> None:
        self.row, self.key = create_key(name=name, scopes=scopes or ALL_SCOPES, staff=staff)
        self.client = Client(headers={"host": host})
        self.schema = connection.schema_name

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call; `If_Match="…"` and the like become headers. The entered cabinet stays entered."""
        sent = {"Authorization": f"Bearer {self.key}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        content_type = sent.pop("Content-Type", "application/json")
        address = path if path.startswith("http") else f"/api/v1/{path}"
        return self.client.generic(method, address, _bytes(body), content_type=content_type, headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """POST."""
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, version: int | None = None) -> Any:
        """PATCH with the version read."""
        return self.call("PATCH", path, body, **({"If_Match": f'"{version}"'} if version is not None else {}))

    def delete(self, path: str, version: int | None = None) -> Any:
        """DELETE with the version read."""
        return self.call("DELETE", path, **({"If_Match": f'"{version}"'} if version is not None else {}))


def _bytes(body: Any) -> bytes:
    import orjson

    if body is None or isinstance(body, bytes):
        return body or b""
    return orjson.dumps(body)


def flaws(response: Any) -> list[tuple[str, str]]:
    """(pointer, code) of everything that a problem names."""
    return [(flaw["pointer"], flaw["code"]) for flaw in response.json()["errors"]]
