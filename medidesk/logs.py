"""Logs: one JSON object a line, the cabinet's schema bound to it, never a person's name."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Keys that could hold a person: dropped wherever they come from. Ids and counts say enough to find a row.
PERSONAL_KEYS = frozenset(
    {"name", "full_name", "first_name", "first_names", "last_name", "birth_name", "used_name", "birth_date", "patient"}
    | {"email", "to", "phone", "mobile", "address", "text", "body", "subject", "notes", "password", "code", "token", "query_string"}
)

# Addresses that open something by themselves: what follows must stay with those who were given it.
SECRET_PATHS = re.compile(r"(/(?:ics|fichiers)/)[^\s\"'<>]+")
ROW_VALUES = re.compile(r"\b(DETAIL:|CONTEXT:|Failing row contains).*")


def drop_personal(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove the keys that could hold a person."""
    for key in PERSONAL_KEYS.intersection(event):
        del event[key]
    return event


def hide_row_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove what Postgres quotes of a row in its errors: `DETAIL: Key (email)=(…) already exists`."""
    for key in ("exception", "event"):
        if isinstance(event.get(key), str):
            event[key] = ROW_VALUES.sub(r"\1 …", event[key])
    return event


def hide_secret_paths(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove the token of an address that opens a calendar or a file: `Not Found: /ics/…`."""
    for key, value in event.items():
        if isinstance(value, str) and "/" in value:
            event[key] = SECRET_PATHS.sub(r"\1…", value)
    return event


def logging_config(*, level: str) -> dict[str, Any]:
    """Return the dictConfig of a process and configure structlog to go through it."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_personal,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_row_values,
                    hide_secret_paths,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.server": {"level": "WARNING"}, "httpx": {"level": "WARNING"}, "django.db.backends": {"level": "WARNING"}},
    }
