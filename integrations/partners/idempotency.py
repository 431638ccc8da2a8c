"""Asked twice, done once (IETF Idempotency-Key, draft 07); MEDIDESK_API_MEMORY names `answer_once`.

An advisory lock says "still running"; the answer is stored in the transaction of the work itself, so that a crash leaves both or neither.
A refusal has done nothing: its answer is stored alone. Whatever happens between, one key has one answer, the first that was stored.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _
from psycopg2 import Binary
from psycopg2.extras import Json

from integrations.partners.models import KeptAnswer
from medidesk.api.callers import Caller
from medidesk.api.doors import Answer
from medidesk.api.problems import ApiError, problem_body, problem_headers
from medidesk.db.prepared import run, run_later
from medidesk.db.rows import to_json
from medidesk.db.transactions import as_a_whole
from medidesk.errors import MediDeskError

Place = dict[str, Any]
KEPT = timedelta(hours=24)
IN_PROGRESS_RETRY_SECONDS = 1
_ONE_ANSWER = "one_answer_per_idempotency_key"
_LOOK_AND_LOCK = """
    SELECT pg_try_advisory_xact_lock(%s), kept.at <= %s, kept.fingerprint, kept.status, kept.body, kept.headers::text
    FROM (SELECT 1) one LEFT JOIN integrations_keptanswer kept
    ON kept.api_key_id = %s AND kept.key = %s AND kept.method = %s AND kept.path = %s
"""
_FORGET = """
    DELETE FROM integrations_keptanswer
    WHERE api_key_id = %(api_key_id)s AND key = %(key)s AND method = %(method)s AND path = %(path)s AND at <= %(stale)s
"""
_KEEP = """
    INSERT INTO integrations_keptanswer (api_key_id, method, path, key, fingerprint, status, body, headers, at)
    VALUES (%(api_key_id)s, %(method)s, %(path)s, %(key)s, %(fingerprint)s, %(status)s, %(body)s, %(headers)s, %(at)s)
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
        with as_a_whole():
            earlier, is_stale = _look_and_lock(place, body_digest, now)
            if earlier is not None:
                return earlier, True
            answer = work()
            _keep(place, body_digest, answer, now, over_stale=is_stale)
    except ApiError:
        raise
    except MediDeskError as error:
        if error.status not in (409, 422):
            raise
        answer = Answer(error.status, problem_body(error), problem_headers(error))
        with as_a_whole():
            _keep(place, body_digest, answer, now, over_stale=True)
    return answer, False


def forget_old_answers(*, now: datetime) -> int:
    """Delete the answers older than a day; answers how many."""
    return KeptAnswer.objects.filter(at__lte=now - KEPT).delete()[0]


def lock_number(place: Place) -> int:
    """The advisory lock of one key, method and path of one partner."""
    name = "\0".join([connection.schema_name, *(str(value) for value in place.values())])
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _look_and_lock(place: Place, body_digest: str, now: datetime) -> tuple[Answer | None, bool]:
    """What was answered before, and whether there is only an answer older than a day, in one statement with the lock that holds until the
    transaction ends.

    Raises 409 when it is held, 422 when the answer was to another body.
    """
    values = [lock_number(place), now - KEPT, place["api_key_id"], place["key"], place["method"], place["path"]]
    [(locked, is_stale, fingerprint, status, body, headers)] = run((_LOOK_AND_LOCK, values))
    if not locked:
        again = {"Retry-After": str(IN_PROGRESS_RETRY_SECONDS)}
        raise ApiError(409, "idempotency-in-progress", _("La première demande est encore en cours."), headers=again)
    if fingerprint is None or is_stale:
        return None, bool(is_stale)
    if fingerprint != body_digest:
        raise ApiError(422, "idempotency-key-reused", _("Cet Idempotency-Key a déjà servi pour une autre demande."))
    return Answer(status, bytes(body), orjson.loads(headers)), False


def _keep(place: Place, body_digest: str, answer: Answer, now: datetime, *, over_stale: bool) -> None:
    """Store the answer with the commit, over one that is older than a day. Raises _Overtaken, then, when a younger one is there."""
    if over_stale:
        run_later((_FORGET, {**place, "stale": now - KEPT}))
    headers = Json(answer.headers, dumps=to_json)
    row = {**place, "fingerprint": body_digest, "status": answer.status, "headers": headers, "at": now, "body": Binary(answer.body)}
    run_later((_KEEP, row), broken={_ONE_ANSWER: _Overtaken})
