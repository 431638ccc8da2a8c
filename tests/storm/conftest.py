"""The storm's platforms are nobody: an address that refuses connections."""

import pytest


@pytest.fixture(autouse=True)
def _platforms_on_this_machine(settings):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
