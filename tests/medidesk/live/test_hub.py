"""What waits for a slow page never grows."""

import asyncio

from medidesk.live.hub import QUEUE_SIZE, REFETCH, STOP, Hub


def read(listener):
    """All that waits."""
    return [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]


def test_hub_tells_the_listeners_of_that_cabinet():
    hub = Hub()
    here, there = hub.join("a", "basile"), hub.join("b", "chloe")

    hub.spread("a", b"news")

    assert (read(here), read(there)) == ([b"news"], [])


def test_hub_tells_a_slow_listener_to_fetch_everything():
    hub = Hub()
    slow = hub.join("a", "basile")

    for n in range(QUEUE_SIZE + 2):
        hub.spread("a", b"%d" % n)

    assert read(slow) == [REFETCH, b"%d" % (QUEUE_SIZE + 1)]


def test_hub_stops_even_a_slow_listener():
    hub = Hub()
    slow = hub.join("a", "basile")
    for _ in range(QUEUE_SIZE):
        hub.spread("a", b"news")

    hub.stop()

    assert read(slow) == [STOP]


def test_hub_forgets_who_left():
    hub = Hub()
    listener = hub.join("a", "basile")

    hub.leave("a", listener)
    hub.spread("a", b"news")

    assert (len(hub), asyncio.Queue.empty(listener.queue)) == (0, True)
