"""/healthz, the logs and the policy's header."""

import json
import logging
import time

import pytest
from django.core.cache import caches
from django.test import Client

from medidesk.logs import drop_personal, hide_row_values, logging_config


def test_health_tells_the_parts(public_client: Client) -> None:
    caches["shared"].set("beat-pulse", time.time())

    answer = public_client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "redis": "ok", "beat": "ok"})


@pytest.mark.parametrize("age", [None, 120])
def test_a_silent_beat_is_told(public_client: Client, age: int | None) -> None:
    caches["shared"].delete("beat-pulse")
    if age:
        caches["shared"].set("beat-pulse", time.time() - age)

    answer = public_client.get("/healthz")

    assert (answer.status_code, answer.json()["beat"]) == (200, "silent")


def test_without_redis_health_is_down(public_client: Client, settings: object) -> None:
    dead = {name: {**cache, "LOCATION": "redis://127.0.0.1:1/0"} for name, cache in settings.CACHES.items()}
    settings.CACHES = dead

    answer = public_client.get("/healthz")

    assert (answer.status_code, answer.json()["redis"], answer.json()["database"]) == (503, "down", "ok")


def test_the_log_drops_what_could_hold_a_person() -> None:
    assert drop_personal(None, "info", {"event": "booked", "email": "a@b", "patient": "N", "count": 2}) == {"event": "booked", "count": 2}


def test_the_log_hides_the_row_that_postgres_quotes() -> None:
    said = "IntegrityError: duplicate key\nDETAIL:  Key (email)=(nour@patients.example) already exists.\nmore"

    assert hide_row_values(None, "error", {"exception": said})["exception"] == "IntegrityError: duplicate key\nDETAIL: …\nmore"


def test_a_line_of_the_log_is_json_with_the_cabinet(capsys: pytest.CaptureFixture[str]) -> None:
    from structlog.contextvars import bound_contextvars

    config = logging_config(level="INFO")
    formatter_settings = config["formatters"]["json"]
    formatter = formatter_settings["()"](**{key: value for key, value in formatter_settings.items() if key != "()"})
    with bound_contextvars(cabinet="cabc"):
        line = formatter.format(logging.makeLogRecord({"name": "t", "msg": "moved", "levelname": "INFO"}))

    assert {key: json.loads(line)[key] for key in ("event", "cabinet", "logger")} == {"event": "moved", "cabinet": "cabc", "logger": "t"}


def policy(answer: object) -> dict[str, str]:
    """The directives of an answer."""
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))}


def test_a_page_may_load_nothing_but_its_own(client: Client, settings: object) -> None:
    settings.ROOT_URLCONF = "tests.medidesk.account_urls"

    assert policy(client.get("/compte/login/")) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_a_page_may_listen_to_its_own_hosts_events(client: Client, settings: object) -> None:
    settings.ROOT_URLCONF = "tests.medidesk.account_urls"
    settings.MEDIDESK_EVENTS_URL = "http://{host}:8001"

    assert policy(client.get("/compte/login/"))["connect-src"] == "'self' http://tourcoing.localhost:8001"


def test_the_back_office_has_its_own_policy(public_client: Client) -> None:
    assert policy(public_client.get("/operateurs/login/"))["script-src"] == "'self' 'unsafe-eval'"
