"""What Postgres undid to let another pass is run again."""

from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from medidesk.db.locks import again_after_deadlock


def deadlocked(times: int) -> Any:
    """Work that Postgres undoes as a deadlock so many times; `runs` counts."""
    runs: list[int] = []

    def work() -> str:
        runs.append(len(runs) + 1)
        with transaction.atomic(), connection.cursor() as cursor:
            if len(runs) <= times:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$")
        return "done"

    work.runs = runs
    return work


def test_a_deadlock_is_tried_again(throwaway_cabinet):
    work = deadlocked(2)

    assert (again_after_deadlock(work), work.runs) == ("done", [1, 2, 3])


def test_the_third_deadlock_rises(throwaway_cabinet):
    with pytest.raises(OperationalError):
        again_after_deadlock(deadlocked(3))


def test_inside_a_transaction_nothing_is_tried_again(cabinet):
    work = deadlocked(1)
    with pytest.raises(OperationalError):
        again_after_deadlock(work)

    assert work.runs == [1]
