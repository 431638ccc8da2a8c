"""A change is seen by the open pages of its cabinet, and by no other."""

import time
from uuid import uuid4

import httpx
import pytest
import redis
from django.conf import settings
from django.db import transaction

from medidesk import live
from medidesk.live.tickets import make_ticket
from tests.medidesk.live.stage import health, live_process, open_page, stop_process, wait_until

ORIGIN = "http://tourcoing.localhost:8000"
VISIT, ALMA = uuid4(), uuid4()


def ticket_for(cabinet, user="basile", origin=ORIGIN):
    return make_ticket(cabinet=cabinet.uuid, user=user, origin=origin)


def test_change_is_told_to_an_open_page(live_base, cabinet, django_capture_on_commit_callbacks):
    with open_page(live_base, ticket_for(cabinet)) as page:
        with django_capture_on_commit_callbacks(execute=True):
            live.publish("appointment", id=VISIT, practitioner=ALMA, day="2026-11-24", version=3)

        assert page.next_news() == {
            "kind": "appointment", "id": str(VISIT), "practitioner": str(ALMA), "day": "2026-11-24", "version": 3,
        }  # fmt: skip


def test_change_that_is_not_committed_is_told_to_nobody(live_base, cabinet, django_capture_on_commit_callbacks):
    with open_page(live_base, ticket_for(cabinet)) as page:
        with django_capture_on_commit_callbacks(execute=True):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                live.publish("appointment", id=1)
                raise ZeroDivisionError
            live.publish("appointment", id=2)

        assert page.next_news() == {"kind": "appointment", "id": 2}


def test_change_of_another_cabinet_is_not_told(live_base, cabinet, other_cabinet, django_capture_on_commit_callbacks):
    with open_page(live_base, ticket_for(cabinet)) as page:
        with django_capture_on_commit_callbacks(execute=True):
            with other_cabinet:
                live.publish("appointment", id="canary")
            live.publish("appointment", id="ours")

        assert page.next_news() == {"kind": "appointment", "id": "ours"}


def test_stream_says_what_proxies_and_browsers_need(live_base, cabinet):
    with httpx.stream("GET", f"{live_base}/events/{ticket_for(cabinet)}", headers={"Origin": ORIGIN}) as answer:
        headers = {
            name: answer.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering", "access-control-allow-origin")
        }

    assert headers == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "access-control-allow-origin": ORIGIN,
    }


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/events/forged", {}, 401),
        ("/events/", {}, 401),
        ("/events/{ticket}", {"Origin": "http://elsewhere.example"}, 403),
        ("/elsewhere", {}, 404),
        ("/", {}, 404),
    ],
)
def test_stream_is_refused(live_base, cabinet, path, headers, status):
    answer = httpx.get(live_base + path.format(ticket=ticket_for(cabinet)), headers=headers)

    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (status, False)


def test_stream_cannot_be_posted_to(live_base, cabinet):
    assert httpx.post(f"{live_base}/events/{ticket_for(cabinet)}").status_code == 405


def test_page_that_leaves_is_forgotten(live_base, cabinet):
    with open_page(live_base, ticket_for(cabinet)), open_page(live_base, ticket_for(cabinet)):
        wait_until(lambda: health(live_base)["streams"] >= 2)

    wait_until(lambda: health(live_base)["streams"] == 0)


def test_stream_of_a_disabled_account_ends(live_base, cabinet, basile, alma, django_capture_on_commit_callbacks):
    with open_page(live_base, ticket_for(cabinet, basile.pk)) as page, open_page(live_base, ticket_for(cabinet, alma.pk)) as other:
        with django_capture_on_commit_callbacks(execute=True):
            basile.is_active = False
            basile.save()
            live.publish("appointment", id=1)

        assert page.ends()
        assert other.next_news() == {"kind": "appointment", "id": 1}


def test_stream_survives_valkey(cabinet, own_valkey):
    client = redis.Redis.from_url(own_valkey.url)
    channel = f"live:{cabinet.uuid}"
    with live_process(own_valkey.url) as base, open_page(base, ticket_for(cabinet)) as page:
        own_valkey.stop()
        wait_until(lambda: health(base)["status"] == "no-feed")
        own_valkey.start()

        assert page.next_news() == {"kind": "refetch"}
        client.publish(channel, '{"kind":"appointment","id":1}')
        assert page.next_news() == {"kind": "appointment", "id": 1}
    client.close()


def test_text_that_is_no_news_stops_nothing(live_base, cabinet):
    with open_page(live_base, ticket_for(cabinet)) as page, redis.Redis.from_url(settings.REDIS_URL) as client:
        client.publish(f"live:{cabinet.uuid}", 'no "revoked" news')
        client.publish(f"live:{cabinet.uuid}", '{"kind":"appointment"}')

        assert page.next_news() == {"kind": "appointment"}


def test_streams_end_at_once_when_the_process_is_told_to_stop(cabinet):
    with live_process(settings.REDIS_URL) as base, open_page(base, ticket_for(cabinet)) as page:
        begun = time.monotonic()
        stop_process(base)

        assert page.ends()
        assert time.monotonic() - begun < 2
