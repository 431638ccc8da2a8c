"""The diary of the agenda's tests."""

import pytest

from tests.agenda.diary import Diary


@pytest.fixture
def diary(cabinet) -> Diary:
    """A practitioner with Monday mornings, in the cabinet of Tourcoing."""
    return Diary()
