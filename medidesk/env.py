"""What the process is told by its environment: a value, or a refusal to start that names the variable."""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_ON = {"on", "1", "true", "yes"}
_OFF = {"off", "0", "false", "no", ""}


def env_text(name: str, default: str = "") -> str:
    """Return the variable as written, or `default` when it is absent."""
    return os.environ.get(name, default)


def env_bool(name: str, default: bool = False) -> bool:
    """Return on/off as a truth value; anything else refuses to start."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _ON:
        return True
    if value.strip().lower() in _OFF:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {value!r}.")


def env_int(name: str, default: int) -> int:
    """Return a whole number; anything else refuses to start."""
    value = os.environ.get(name)
    if value is None or not value.strip():
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def env_list(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts, without blanks."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def env_secret(name: str, default: str | None = None) -> str:
    """Return a secret from `NAME`, else from the file that `NAME_FILE` points to, else `default`, else refuse to start."""
    value = os.environ.get(name)
    if value:
        return value
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {path}.") from error
    if default is not None:
        return default
    raise ImproperlyConfigured(f"{name} (or {name}_FILE) is missing.")


def database_from_url(url: str) -> dict[str, object]:
    """Return Django's database entry for `postgres://user:password@host:port/name?host=/socket/folder`.

    Other query parameters become connection options (`sslmode`, `connect_timeout`, ...).
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host:port/name.")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }
