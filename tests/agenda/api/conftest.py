"""The diary of the agenda's tests, seen through REST on a Sunday noon in winter."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.agenda.diary import NOW, Diary
from tests.conftest import TOURCOING
from tests.partners import Partner


@pytest.fixture
def partner(cabinet) -> Partner:
    """A key with every scope."""
    return Partner(TOURCOING)


@pytest.fixture
def staff(cabinet) -> Partner:
    """A key that acts as the cabinet."""
    return Partner(TOURCOING, name="Comptoir", staff=True)


@pytest.fixture
def diary(cabinet) -> Iterator[Diary]:
    """Monday mornings 9 to 12, and it is Sunday noon."""
    with time_machine.travel(NOW, tick=False):
        yield Diary()
