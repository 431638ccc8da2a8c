"""One live process for all its tests."""

import pytest
from django.conf import settings

from medidesk.services.valkey import EmbeddedValkey
from tests.medidesk.live.stage import live_process


@pytest.fixture(scope="session")
def live_base():
    """The address of a running live process."""
    with live_process(settings.REDIS_URL) as base:
        yield base


@pytest.fixture
def own_valkey(tmp_path):
    """A Valkey that the test may stop and start."""
    server = EmbeddedValkey(tmp_path / "valkey", tmp_path / "valkey.log", durable=False)
    server.start()
    yield server
    server.stop()
