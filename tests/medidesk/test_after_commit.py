"""What is told to Valkey after a commit: in one turn, never before, never of what was undone; without Valkey nothing breaks."""

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from medidesk.after_commit import Line, tell_after_commit

KEY = "medidesk:test:told"


@pytest.fixture
def valkey(cabinet):
    """Valkey, the key unset; inside the cabinet."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(KEY)
    yield client
    client.delete(KEY)
    client.close()


def test_what_is_told_is_told_once_and_after_the_commit(valkey, django_capture_on_commit_callbacks):
    heard = []
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        tell_after_commit("INCR", KEY, listener=heard.append)
        tell_after_commit("INCR", KEY, listener=heard.append)
        tell_after_commit("INCRBY", KEY, 10)
        assert valkey.get(KEY) is None

    assert (len(callbacks), heard, valkey.get(KEY)) == (1, [1], b"11")


def test_what_is_undone_is_not_told(valkey, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell_after_commit("INCR", KEY)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell_after_commit("INCRBY", KEY, 10)
            raise ZeroDivisionError

    assert valkey.get(KEY) == b"1"


def test_without_valkey_nothing_breaks_and_it_is_left_alone(cabinet, django_capture_on_commit_callbacks):
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"), django_capture_on_commit_callbacks(execute=True):
        tell_after_commit("INCR", KEY, listener=pytest.fail)

    nowhere = Line("redis://127.0.0.1:1/0")
    assert (nowhere.ask([("PING",)]), nowhere.ask([("PING",)])) == (None, None)
