"""Lists by cursor: sorted by a key and the id, so that a row that stays is neither missed nor repeated."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
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


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a row: its key and id, and how far the changes of keys went when the list began."""

    key: datetime
    id: UUID
    mark: int = 0

    def text(self) -> str:
        """Opaque to the caller."""
        return base64.urlsafe_b64encode(orjson.dumps([self.key.isoformat(), str(self.id), self.mark])).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Order:
    """The natural order of a list: a datetime column. Where it can change, `mark` says how far the changes went and `keys_at` gives, for
    the rows whose key has changed since a mark, the key that they had: a list keeps the order in which it began. Rows that are only ever
    added (`tracked` False) have neither `updated_at` nor `deleted_at`."""

    column: str = "created_at"
    mark: Callable[[], int] | None = None
    keys_at: Callable[[int], dict[UUID, datetime]] | None = None
    tracked: bool = True


def page(call: Call, rows: QuerySet[Any], render: Callable[[list[Any]], list[dict[str, Any]]], *, natural: Order = Order()) -> Answer:
    """One page of `rows`: in their natural order without the deleted, or by `updated_at` with them under `changed_since`.

    `render` makes the JSON of all rows of the page at once.
    """
    since, limit = call.query["changed_since"], call.query["limit"]
    after = read_cursor(call.query["cursor"]) if call.query["cursor"] else None
    order = natural
    if since:
        order = Order("updated_at") if natural.tracked else natural
        rows = rows.filter(**{f"{order.column}__gte": since})
    elif natural.tracked:
        rows = rows.filter(deleted_at=None)
    mark = after.mark if after else order.mark() if order.mark else 0
    found = _following(rows, order, after, limit + 1)
    following = None
    if len(found) > limit:
        found = found[:limit]
        following = next_url(call, Cursor(*found[-1][:2], mark).text())
    results = render([row for _key, _id, row in found])
    for (_key, _id, row), shown in zip(found, results, strict=True):
        if natural.tracked and row.deleted_at:
            shown["deleted_at"] = row.deleted_at
    return Answer.json({"results": results, "next": following})


def _following(rows: QuerySet[Any], order: Order, after: Cursor | None, count: int) -> list[tuple[datetime, UUID, Any]]:
    """The next rows with the key by which they are placed."""
    if after is None:
        return [(getattr(row, order.column), row.id, row) for row in rows.order_by(order.column, "id")[:count]]
    changed = order.keys_at(after.mark) if order.keys_at else {}
    still = rows.exclude(id__in=changed) if changed else rows
    name = order.column
    still = still.filter(Q(**{f"{name}__gte": after.key}), Q(**{f"{name}__gt": after.key}) | Q(id__gt=after.id))
    found = [(getattr(row, name), row.id, row) for row in still.order_by(name, "id")[:count]]
    if changed:
        ahead = [one for one, key in changed.items() if (key, one) > (after.key, after.id)]
        found += [(changed[row.id], row.id, row) for row in rows.filter(id__in=ahead)]
    return sorted(found, key=lambda one: one[:2])[:count]


def next_url(call: Call, cursor: str) -> str:
    """The same list from there on."""
    query = call.request.GET.copy()
    query["cursor"] = cursor
    return call.request.build_absolute_uri(f"{call.request.path}?{query.urlencode()}")


def read_cursor(text: str) -> Cursor:
    """The place that a cursor names. Raises 400 `cursor-not-valid`."""
    try:
        key, last_id, mark = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(key)
        if moment.utcoffset() is None or type(mark) is not int or not 0 <= mark < 2**63:
            raise ValueError(key)
        return Cursor(moment.astimezone(UTC), UUID(last_id), mark)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise ApiError(400, "cursor-not-valid", _("Ce curseur n’est pas valable.")) from None
