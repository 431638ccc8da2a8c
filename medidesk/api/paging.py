"""Lists by cursor: sorted by a key and the id, so that a row that stays is neither missed nor repeated."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from medidesk.api.doors import Answer, Call
from medidesk.api.fields import Field
from medidesk.api.kinds import Instant, Integer, Text
from medidesk.api.problems import ApiError

PAGING = (
    Field("limit", Integer(1, 200), 50, doc="lignes par page"),
    Field("cursor", Text(500), None, doc="opaque, tiré de « next »"),
    Field("changed_since", Instant(), None, doc="lignes changées depuis (inclus), dans l’ordre des changements, les supprimées comprises"),
)
Key = tuple[datetime, UUID]


def page(call: Call, rows: QuerySet[Any], render: Callable[[list[Any]], list[dict[str, Any]]], *, natural: str = "created_at") -> Answer:
    """One page of `rows`: in their natural order without the deleted, or by `updated_at` with them under `changed_since`.

    `natural` is a datetime column; `render` makes the JSON of all rows of the page at once.
    """
    since = call.query["changed_since"]
    rows, key = (rows.filter(updated_at__gte=since), "updated_at") if since else (rows.filter(deleted_at=None), natural)
    if call.query["cursor"]:
        value, last_id = read_cursor(call.query["cursor"])
        rows = rows.filter(Q(**{f"{key}__gte": value}), Q(**{f"{key}__gt": value}) | Q(id__gt=last_id))
    limit = call.query["limit"]
    found = list(rows.order_by(key, "id")[: limit + 1])
    following = None
    if len(found) > limit:
        found = found[:limit]
        following = next_url(call, write_cursor((getattr(found[-1], key), found[-1].id)))
    results = render(found)
    for row, shown in zip(found, results, strict=True):
        if row.deleted_at:
            shown["deleted_at"] = row.deleted_at
    return Answer.json({"results": results, "next": following})


def next_url(call: Call, cursor: str) -> str:
    """The same list from there on."""
    query = call.request.GET.copy()
    query["cursor"] = cursor
    return call.request.build_absolute_uri(f"{call.request.path}?{query.urlencode()}")


def write_cursor(key: Key) -> str:
    """The place after this row, as an opaque text."""
    return base64.urlsafe_b64encode(orjson.dumps([key[0].isoformat(), str(key[1])])).decode().rstrip("=")


def read_cursor(text: str) -> Key:
    """The place that a cursor names. Raises 400 `cursor-not-valid`."""
    try:
        value, last_id = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(value)
        if moment.utcoffset() is None:
            raise ValueError(value)
        return moment, UUID(last_id)
    except (ValueError, TypeError, AttributeError):
        raise ApiError(400, "cursor-not-valid", _("Ce curseur n’est pas valable.")) from None
