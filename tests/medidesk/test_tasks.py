"""Guard 5: a task carries its cabinet, and refuses to run without one."""

import json
from collections.abc import Iterator

import pytest
from celery import shared_task
from django.core.cache import caches
from django.db import connection

from medidesk import clock
from medidesk.cabinets.entering import enter_public
from medidesk.cabinets.models import Cabinet
from medidesk.celery import app
from medidesk.tasks import TaskOutsideCabinet, in_every_cabinet, note_pulse

ran_in: list[str] = []


@shared_task(name="tests.note_schema")
def note_schema() -> None:
    """Note where it runs."""
    ran_in.append(connection.schema_name)


@shared_task(name="tests.note_public", public=True)
def note_public() -> None:
    """The same, of the platform."""
    ran_in.append(connection.schema_name)


@pytest.fixture(autouse=True)
def _nothing_seen() -> Iterator[None]:
    ran_in.clear()
    yield


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks run where they are published, through Celery's own machinery."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def next_in_queue() -> dict[str, object]:
    """The headers of the message that waits in the default queue."""
    with app.connection_for_read() as broker, broker.SimpleQueue("default") as queue:
        message = queue.get(timeout=5)
        message.ack()
        return message.headers


def test_a_task_runs_in_the_cabinet_that_published_it(cabinet: Cabinet, eager: None) -> None:
    note_schema.delay()

    assert ran_in == [cabinet.schema_name]


@pytest.mark.parametrize("leave", [connection.set_schema_to_public, connection.leave_schema])
def test_a_task_is_not_published_outside_a_cabinet(db: None, leave: object) -> None:
    leave()
    with pytest.raises(TaskOutsideCabinet):
        note_schema.delay()
    connection.set_schema_to_public()


def test_a_task_is_not_run_outside_a_cabinet(db: None) -> None:
    with enter_public(), pytest.raises(TaskOutsideCabinet):
        note_schema()


def test_a_message_without_header_is_refused_by_the_worker(db: None, eager: None) -> None:
    with enter_public(), pytest.raises(TaskOutsideCabinet):
        note_schema.apply(headers={"_schema_name": None})


def test_a_platform_task_runs_in_public_whoever_publishes_it(cabinet: Cabinet, eager: None) -> None:
    note_public.delay()

    assert (ran_in, connection.schema_name) == (["public"], cabinet.schema_name)


def test_the_schema_travels_in_the_header_and_nothing_else_does(cabinet: Cabinet) -> None:
    note_schema.delay()

    headers = next_in_queue()
    assert headers["_schema_name"] == cabinet.schema_name
    assert cabinet.name not in json.dumps(headers)


def test_the_timetable_reaches_every_open_cabinet(cabinet: Cabinet, other_cabinet: Cabinet, eager: None) -> None:
    Cabinet.objects.filter(pk=other_cabinet.pk).update(status=Cabinet.Status.SUSPENDED)

    in_every_cabinet.delay("tests.note_schema")

    assert ran_in == [cabinet.schema_name]


def test_the_pulse_is_left_where_health_finds_it(db: None, eager: None) -> None:
    note_pulse.delay()

    assert abs(caches["shared"].get("beat-pulse") - clock.now().timestamp()) < 5


@pytest.mark.parametrize("name", sorted(name for name in app.tasks if not name.startswith(("celery.", "tests."))))
def test_each_task_is_of_a_cabinet_or_says_that_it_is_not(db: None, name: str) -> None:
    task = app.tasks[name]
    if task.public:
        return
    with enter_public(), pytest.raises(TaskOutsideCabinet):
        task()
