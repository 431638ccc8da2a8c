"""Asked twice, done once (IETF Idempotency-Key, draft 07); MEDIDESK_API_MEMORY names `answer_once`.

An advisory lock says "still running"; the answer is stored in the transaction of the work itself, so that a crash leaves both or neither.
A refusal has done nothing: its answer is stored alone. Whatever happens between, one key has one answer, the first that was stored.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg2 import Binary
from psycopg2.extras import Json

from integrations.partners.models import KeptAnswer
from medidesk.api.callers import Caller
from medidesk.api.doors import Answer
from medidesk.api.problems import ApiError, problem_body, problem_headers
from medidesk.db.prepared import run
from medidesk.errors import MediDeskError

Place = dict[str, Any]
KEPT = timedelta(hours=24)
IN_PROGRESS_RETRY_SECONDS = 1
_LOOK_AND_LOCK = """
    SELECT pg_try_advisory_xact_lock(%s), kept.fingerprint, kept.status, kept.body, kept.headers::text
    FROM (SELECT 1) one LEFT JOIN integrations_keptanswer kept
    ON kept.api_key_id = %s AND kept.key = %s AND kept.method = %s AND kept.path = %s AND kept.at > %s
"""
_KEEP = """
    INSERT INTO integrations_keptanswer AS kept (api_key_id, method, path, key, fingerprint, status, body, headers, at)
    VALUES (%(api_key_id)s, %(method)s, %(path)s, %(key)s, %(fingerprint)s, %(status)s, %(body)s, %(headers)s, %(at)s)
    ON CONFLICT (api_key_id, key, method, path) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, status = EXCLUDED.status,
        body = EXCLUDED.body, headers = EXCLUDED.headers, at = EXCLUDED.at WHERE kept.at <= %(stale)s
    RETURNING id
"""


def answer_once(
    *, caller: Caller, method: str, path: str, key: str, fingerprint: bytes, now: datetime, work: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """The answer of `work`, or the one given earlier to the same key, method and path, and whether it is a replay.

    Stored are 2xx and a rule's 409 and 422; what the door itself refuses never is. Raises 422 `idempotency-key-reused` for
    another body, 409 `idempotency-in-progress` while the first call runs.
    """
    place: Place = {"api_key_id": caller.key_id, "method": method, "path": path[:300], "key": key}
    body_digest = hashlib.sha256(fingerprint).hexdigest()
    while True:
        try:
            return _answered(place, body_digest, now, work)
        except _Overtaken:
            continue  # all that was done here is undone, and the answer of another is there now


class _Overtaken(Exception):
    """Another call under the same key has answered since we looked."""


def _answered(place: Place, body_digest: str, now: datetime, work: Callable[[], Answer]) -> tuple[Answer, bool]:
    """One try. A rule's refusal undoes the work as a whole, and is kept by itself."""
    try:
        with transaction.atomic():
            if (earlier := _look_and_lock(place, body_digest, now)) is not None:
                return earlier, True
            answer = work()
            _keep(place, body_digest, answer, now)
    except ApiError:
        raise
    except MediDeskError as error:
        if error.status not in (409, 422):
            raise
        answer = Answer(error.status, problem_body(error), problem_headers(error))
        _keep(place, body_digest, answer, now)
    return answer, False


def forget_old_answers(*, now: datetime) -> int:
    """Delete the answers older than a day; answers how many."""
    return KeptAnswer.objects.filter(at__lte=now - KEPT).delete()[0]


def lock_number(place: Place) -> int:
    """The advisory lock of one key, method and path of one partner."""
    name = "\0".join([connection.schema_name, *(str(value) for value in place.values())])
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _look_and_lock(place: Place, body_digest: str, now: datetime) -> Answer | None:
    """What was answered before, in one statement with the lock that holds until the transaction ends.

    Raises 409 when it is held, 422 when the answer was to another body.
    """
    values = [lock_number(place), place["api_key_id"], place["key"], place["method"], place["path"], now - KEPT]
    [(locked, fingerprint, status, body, headers)] = run((_LOOK_AND_LOCK, values))
    if not locked:
        again = {"Retry-After": str(IN_PROGRESS_RETRY_SECONDS)}
        raise ApiError(409, "idempotency-in-progress", _("La première demande est encore en cours."), headers=again)
    if fingerprint is None:
        return None
    if fingerprint != body_digest:
        raise ApiError(422, "idempotency-key-reused", _("Cet Idempotency-Key a déjà servi pour une autre demande."))
    return Answer(status, bytes(body), orjson.loads(headers))


def _keep(place: Place, body_digest: str, answer: Answer, now: datetime) -> None:
    """Store the answer, over one that is older than a day. Raises _Overtaken when a younger one is there."""
    row = {**place, "fingerprint": body_digest, "status": answer.status, "headers": Json(answer.headers), "at": now}
    if not run((_KEEP, {**row, "body": Binary(answer.body), "stale": now - KEPT})):
        raise _Overtaken
