"""Asked twice, done once (IETF Idempotency-Key, draft 07); MEDIDESK_API_MEMORY names `answer_once`.

An advisory lock says "still running"; the answer is stored in the transaction of the work itself, so that a crash leaves both or neither.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from integrations.partners.models import KeptAnswer
from medidesk.api.callers import Caller
from medidesk.api.doors import Answer
from medidesk.api.problems import ApiError, problem_body, problem_headers
from medidesk.errors import MediDeskError

Place = dict[str, Any]
KEPT_HOURS = 24
IN_PROGRESS_RETRY_SECONDS = 1


def answer_once(
    *, caller: Caller, method: str, path: str, key: str, fingerprint: bytes, now: datetime, work: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """The answer of `work`, or the one given earlier to the same key, method and path, and whether it is a replay.

    Stored are 2xx and a rule's 409 and 422; what the door itself refuses never is. Raises 422 `idempotency-key-reused` for
    another body, 409 `idempotency-in-progress` while the first call runs.
    """
    place: Place = {"api_key_id": caller.key_id, "method": method, "path": path[:300], "key": key}
    body_digest = hashlib.sha256(fingerprint).hexdigest()
    try:
        return _answered(place, body_digest, now, work)
    except IntegrityError as error:
        if "one_answer_per_idempotency_key" not in str(error):
            raise
        # The first call ended between the look and the lock: all that was done here is undone, and its answer is there now.
        return _answered(place, body_digest, now, work)


def _answered(place: Place, body_digest: str, now: datetime, work: Callable[[], Answer]) -> tuple[Answer, bool]:
    with transaction.atomic():
        kept = _look_and_lock(place)
        if kept is not None and kept.at > now - timedelta(hours=KEPT_HOURS):
            if kept.fingerprint != body_digest:
                raise ApiError(422, "idempotency-key-reused", _("Cet Idempotency-Key a déjà servi pour une autre demande."))
            return Answer(kept.status, bytes(kept.body), kept.headers), True
        if kept is not None:
            kept.delete()
        answer = _worked(work)
        KeptAnswer.objects.create(**place, fingerprint=body_digest, status=answer.status, body=answer.body, headers=answer.headers, at=now)
        return answer, False


def forget_old_answers(*, now: datetime) -> int:
    """Delete the answers older than a day; answers how many."""
    return KeptAnswer.objects.filter(at__lte=now - timedelta(hours=KEPT_HOURS)).delete()[0]


def _worked(work: Callable[[], Answer]) -> Answer:
    """Do the work; a rule's refusal undoes it and becomes an answer that is kept, any other refusal rises."""
    try:
        with transaction.atomic():
            return work()
    except ApiError:
        raise
    except MediDeskError as error:
        if error.status not in (409, 422):
            raise
        return Answer(error.status, problem_body(error), problem_headers(error))


def lock_number(place: Place) -> int:
    """The advisory lock of one key, method and path of one partner."""
    name = "\0".join([connection.schema_name, *(str(value) for value in place.values())])
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _look_and_lock(place: Place) -> KeptAnswer | None:
    """What was answered before, in one statement with the lock that holds until the transaction ends. Raises 409 when it is held."""
    taken = KeptAnswer.objects.raw(
        "SELECT kept.*, pg_try_advisory_xact_lock(%s) AS locked FROM (SELECT 1) one LEFT JOIN integrations_keptanswer kept"
        " ON kept.api_key_id = %s AND kept.key = %s AND kept.method = %s AND kept.path = %s",
        [lock_number(place), place["api_key_id"], place["key"], place["method"], place["path"]],
    )[0]
    if not taken.locked:
        headers = {"Retry-After": str(IN_PROGRESS_RETRY_SECONDS)}
        raise ApiError(409, "idempotency-in-progress", _("La première demande est encore en cours."), headers=headers)
    return taken if taken.pk is not None else None
