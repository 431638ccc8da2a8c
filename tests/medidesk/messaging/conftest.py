"""Messages of the cabinet of Tourcoing, on a Tuesday at ten in the morning."""

from datetime import UTC, datetime

import pytest

TUESDAY_TEN = datetime(2026, 11, 24, 9, tzinfo=UTC)  # 10:00 in Tourcoing


@pytest.fixture
def now():
    """Tuesday, ten o'clock in Tourcoing."""
    return TUESDAY_TEN
