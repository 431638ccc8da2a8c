"""Guard 2: never behind a pooler in transaction mode. Negative control: such a pooler, and what it does to the guarded engine."""

from collections.abc import Iterator

import pytest
from django.db import connection

from medidesk.db.backend.base import DatabaseWrapper
from medidesk.db.pooling import TransactionPoolerFound, refuse_transaction_pooler
from tests.medidesk.transaction_pooler import pooled
from tests.medidesk.two_schemas import ONE, OTHER, ask, two_schemas


@pytest.fixture
def through_pooler(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[dict[str, object]]:
    with django_db_blocker.unblock(), pooled(connection.settings_dict) as settings:
        yield settings


def test_a_direct_connection_is_accepted(db: None) -> None:
    refuse_transaction_pooler()


def test_a_pooler_in_transaction_mode_is_refused(through_pooler: dict[str, object]) -> None:
    with pytest.raises(TransactionPoolerFound):
        refuse_transaction_pooler(DatabaseWrapper(through_pooler, alias="default"))


def test_behind_such_a_pooler_even_the_guarded_engine_answers_wrongly(through_pooler: dict[str, object]) -> None:
    one, other = (DatabaseWrapper({**through_pooler}, alias="default") for _ in range(2))
    with two_schemas():
        answers = [ask(one, ONE), ask(other, OTHER), ask(one, ONE)]
        one.close()
        other.close()

    assert answers != [ONE, OTHER, ONE]
