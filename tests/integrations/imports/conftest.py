"""A cabinet with one practitioner, and what its owner brings in."""

import pytest

from tests.agenda.diary import Diary


@pytest.fixture
def diary(cabinet) -> Diary:
    """Alma's Monday mornings; Nour has a file."""
    return Diary()
