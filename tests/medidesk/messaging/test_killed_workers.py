"""kill -9 of worker and beat, and Valkey emptied, under traffic: no message is lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction

from medidesk import clock
from medidesk.messaging.ledger import Plan, plan_messages
from medidesk.messaging.models import Message, OutboxEntry

ROUNDS, EACH = 20, 25
SEED = 20261124


def database_url() -> str:
    """The tests' own database, for another process."""
    at = connection.settings_dict
    host = at["HOST"] or at["OPTIONS"].get("host", "")
    where = f"/{at['NAME']}?host={host}" if host.startswith("/") else f"{host}:{at['PORT']}/{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{where}"


def start(*arguments: str) -> subprocess.Popen:
    """A Celery process over the tests' services, in a group of its own."""
    told = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings", "MEDIDESK_MESSAGE_LEASE": "5"}
    command = [sys.executable, "-m", "celery", "-A", "medidesk.celery", *arguments, "--loglevel", "ERROR"]
    return subprocess.Popen(command, env=told, start_new_session=True)


def start_worker() -> subprocess.Popen:
    return start("worker", "--pool", "prefork", "--concurrency", "2")


def start_beat() -> subprocess.Popen:
    return start("beat", "--pidfile", "")


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_kills_lose_and_double_nothing(throwaway_cabinet):
    chance, valkey = random.Random(SEED), redis.Redis.from_url(settings.REDIS_URL)
    worker, beat = start_worker(), start_beat()
    try:
        for number in range(ROUNDS):
            with transaction.atomic():
                now = clock.now()
                plans = [
                    Plan(kind="reminder", channel="sms", due_at=now, about=uuid4(), to="+33639980012", text=f"{number}-{n}")
                    for n in range(EACH)
                ]
                plan_messages(plans, now=now)
            time.sleep(chance.uniform(0, 4))
            kill(worker)
            kill(beat)
            if chance.random() < 0.5:
                valkey.flushall()
            worker, beat = start_worker(), start_beat()
        end = time.monotonic() + 60
        while Message.objects.exclude(status="sent").exists() and time.monotonic() < end:
            time.sleep(0.5)
    finally:
        kill(worker)
        kill(beat)
        valkey.close()

    expected = sorted(f"{number}-{n}" for number in range(ROUNDS) for n in range(EACH))
    assert sorted(entry.text for entry in OutboxEntry.objects.all()) == expected
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
