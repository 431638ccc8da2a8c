"""Which news is the newer."""

from datetime import UTC, datetime

import pytest

from integrations.incoming.precedence import turn

NINE, TEN = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "told", "expected"),
    [
        ((2, None), (3, None), "newer"),
        ((2, None), (2, None), "same"),
        ((2, None), (1, None), "older"),
        ((2, NINE), (1, TEN), "older"),
        ((None, NINE), (None, TEN), "newer"),
        ((2, TEN), (None, NINE), "older"),
        ((None, NINE), (4, NINE), "unknown"),
        ((2, None), (None, TEN), "unknown"),
        ((None, None), (4, TEN), "unknown"),
        ((None, None), (None, None), "unknown"),
    ],
)
def test_versions_decide_then_instants(known, told, expected):
    assert turn(*known, *told) == expected
