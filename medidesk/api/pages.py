"""What people and programs read about the API: no key needed."""

from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from medidesk.api.callers import SCOPES
from medidesk.api.codes import codes
from medidesk.api.doors import public_door
from medidesk.api.openapi import document

_WORDS = {"string": "texte", "boolean": "true | false", "date": "AAAA-MM-JJ", "date-time": "instant RFC 3339"}


@lru_cache(maxsize=1)
def _document_bytes() -> bytes:
    return orjson.dumps(document())


@public_door
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(_document_bytes(), content_type="application/json", headers={"Cache-Control": "max-age=300"})


@public_door
def reference(request: HttpRequest) -> HttpResponse:
    """The same, to read."""
    return render(request, "api/reference.html", {"groups": _groups(), "scopes": SCOPES, "codes": codes()})


def _groups() -> list[dict[str, Any]]:
    """The operations by resource, in the order of the document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_described(path, method, operation))
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _described(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    parameters = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    return {
        "anchor": operation["operationId"].replace(" ", "-").replace("/", "-"),
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "scopes": operation["x-scopes"],
        "parameters": [_row(one["name"], one["schema"], one["required"], one.get("description", "")) for one in parameters],
        "fields": [
            _row(name, schema, name in body.get("required", ()), schema.get("description", ""))
            for name, schema in body.get("properties", {}).items()
        ],
        "statuses": sorted(operation["responses"]),
    }


def _row(name: str, schema: dict[str, Any], required: bool, doc: str) -> dict[str, Any]:
    return {"name": name, "kind": _kind(schema), "required": required, "doc": doc}


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "anyOf" in schema and "type" not in schema:
        return " ou ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"liste de ({_kind(schema['items'])})"
    if schema.get("type") == "object":
        return "{" + ", ".join(schema.get("properties", {})) + "}"
    if schema.get("type") == "integer" and "minimum" in schema:
        return f"entier {schema['minimum']}–{schema['maximum']}"
    if str(schema.get("description", "")).startswith("id: "):
        return str(schema["description"])
    word = str(schema.get("format") or schema.get("type", ""))
    return _WORDS.get(word, word)
