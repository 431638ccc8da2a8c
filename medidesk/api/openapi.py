"""The document of the REST doors (OpenAPI 3.1), made from the operations themselves: it cannot say what the doors do not do."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from medidesk.api.callers import SCOPES
from medidesk.api.doors import Door, Operation
from medidesk.api.fields import Field
from medidesk.api.kinds import Schema
from medidesk.api.problems import MEDIA_TYPE, TITLES
from medidesk.api.shapes import object_of

PREFIX = "api/v1/"
PROBLEM = {
    "title": "Problem",
    **object_of(
        type={"type": "string"},
        title={"type": "string"},
        status={"type": "integer"},
        detail={"type": "string"},
        code={"type": "string"},
        errors={
            "type": "array",
            "items": object_of(pointer={"type": "string"}, code={"type": "string"}, detail={"type": "string"}),
        },
    ),
}
_HEADERS = {
    "ETag": "version forte, entre guillemets",
    "Location": "adresse de ce qui a été créé",
    "RateLimit": "ce qui reste (draft-ietf-httpapi-ratelimit-headers)",
}


def doors() -> Iterator[Door]:
    """Every door under /api/v1/, as the routes have them."""
    for prefix, pattern in _patterns(get_resolver(settings.ROOT_URLCONF).url_patterns):
        this = getattr(pattern.callback, "door", None)
        if prefix.startswith(PREFIX) and this is not None:
            yield this


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document, the same for every cabinet."""
    paths: dict[str, Any] = {}
    for one in doors():
        ids = re.findall(r"<str:(\w+)>", one.route)
        path = "/api/v1/" + re.sub(r"<str:(\w+)>", r"{\1}", one.route)
        paths[path] = {method.lower(): _operation(one.route, method, operation, ids) for method, operation in one.operations.items()}
    paths["/api/v1/openapi.json"] = {"get": _own_description()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MediDesk REST v1",
            "version": "1",
            "description": "L’agenda d’un cabinet : heures libres, rendez-vous, patients, organisation. Erreurs : RFC 9457.",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "Clé de partenaire : " + ", ".join(SCOPES)}},
        },
    }


def _patterns(patterns: Sequence[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, here)
        else:
            yield here, pattern


def _operation(route: str, method: str, operation: Operation, ids: list[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{method.lower()} {re.sub(r'[<>]|str:', '', route)}",
        "summary": operation.summary,
        "tags": [route.split("/")[0]],
        "x-scopes": list(operation.scopes),
        "security": [{"key": []}],
        "parameters": [*_path_parameters(ids), *(_query_parameter(one) for one in operation.query), *_header_parameters(method, operation)],
        "responses": _responses(method, operation, ids),
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body.schema()}}}
    return described


def _path_parameters(ids: list[str]) -> list[Schema]:
    return [{"name": one, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for one in ids]


def _query_parameter(one: Field) -> Schema:
    described: Schema = {"name": one.name, "in": "query", "required": one.required, "schema": one.kind.schema()}
    if one.kind.schema().get("type") == "array":
        described |= {"style": "form", "explode": False}
    return {**described, "description": one.doc} if one.doc else described


def _header_parameters(method: str, operation: Operation) -> list[Schema]:
    parameters: list[Schema] = []
    if operation.if_match:
        parameters.append(_header("If-Match", "l’ETag lu", required=operation.if_match == "needed"))
    if method == "POST":
        parameters.append(_header("Idempotency-Key", "la même demande ne se fait qu’une fois en 24 h", maxLength=255))
    return parameters


def _header(name: str, doc: str, *, required: bool = False, **bounds: int) -> Schema:
    return {"name": name, "in": "header", "required": required, "description": doc, "schema": {"type": "string", "minLength": 1, **bounds}}


def _responses(method: str, operation: Operation, ids: list[str]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "fait"}
    if operation.shows is not None:
        answer["content"] = {"application/json": {"schema": operation.shows}}
        answer["headers"] = {name: {"schema": {"type": "string"}, "description": doc} for name, doc in _HEADERS.items()}
    refusals = {400, 401, 403, 429, *operation.refusals}
    refusals |= {404} if operation.find else set()
    refusals |= {409, 413, 415, 422} if operation.body else set()
    refusals |= {409} if method == "POST" else set()
    refusals |= {422} if operation.query else set()
    refusals |= {"needed": {412, 428}, "honoured": {412}}.get(operation.if_match, set())
    described = {str(status): _refusal(status) for status in sorted(refusals)}
    if method == "GET" and ids:
        described["304"] = {"description": "inchangé (If-None-Match)"}
    return {str(operation.status): answer, **described}


def _refusal(status: int) -> dict[str, Any]:
    return {"description": str(TITLES[status]), "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _own_description() -> dict[str, Any]:
    return {
        "operationId": "get openapi.json",
        "summary": "Ce document",
        "tags": ["openapi.json"],
        "security": [],
        "x-scopes": [],
        "responses": {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}}}},
    }
