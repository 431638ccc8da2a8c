"""One of the cabinet and the platform reminds a visit, never both."""

import pytest

from integrations.connections.reminding import platform_reminds
from integrations.models import Connection
from medidesk.messaging.models import Message
from tests.integrations.house import monday


def told() -> list[str]:
    """The messages that wait to leave."""
    return sorted(Message.objects.filter(outcome="").values_list("kind", flat=True))


def test_the_platform_reminds_what_it_took(house):
    there = house.book_there("doctolib", monday(10))
    house.settle()

    assert told() == []
    assert platform_reminds(house.connections["doctolib"], house.visit("doctolib", there))
    assert not platform_reminds(house.connections["maiia"], house.visit("doctolib", there))


def test_the_cabinet_reminds_when_the_connection_says_so(house):
    Connection.objects.filter(platform="doctolib").update(reminds="cabinet")
    house.book_there("maiia", monday(9))
    there = house.book_there("doctolib", monday(10, weeks=2))
    house.settle()

    assert told() == ["reminder"]
    connection = Connection.objects.get(platform="doctolib")
    assert not platform_reminds(connection, house.visit("doctolib", there))


def test_a_visit_that_the_platform_moves_is_reminded_at_its_new_time(house):
    Connection.objects.filter(platform="doctolib").update(reminds="cabinet")
    there = house.book_there("doctolib", monday(10, weeks=2))
    house.settle()

    house.simulators["doctolib"].move(there, monday(15, weeks=2).isoformat())
    house.settle()

    start = house.visit("doctolib", there).start.isoformat()
    assert [message.facts["start"] for message in Message.objects.filter(kind="reminder", outcome="")] == [start]


@pytest.mark.parametrize("platform", ["doctolib", "maiia"])
def test_what_the_cabinet_took_is_never_left_to_a_platform(house, platform):
    assert not platform_reminds(house.connections[platform], house.book(monday(10)))
