"""Host name → cabinet, kept in the process; a change of any cabinet is noticed within about a second."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError

from medidesk.cabinets.entering import enter_public
from medidesk.cabinets.models import Cabinet, Domain

KEPT_SECONDS = 30.0  # a process that Redis cannot reach still learns of a suspension in this time
VERSION_SECONDS = 1.0  # how often a process asks Redis whether anything changed
MAX_HOSTS = 4096  # only known hosts are kept, so strangers cannot fill it
VERSION_KEY = "cabinets-version"


@dataclass
class _Kept:
    until: float
    cabinet: Cabinet


class HostDirectory:
    """The process's own table of hosts."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._kept: dict[str, _Kept] = {}
        self._version: object = None
        self._version_until = 0.0

    def cabinet_at(self, host: str) -> Cabinet | None:
        """Return the cabinet that answers at this host name, or `None`."""
        now = self._monotonic()
        self._drop_stale(now)
        kept = self._kept.get(host)
        if kept is not None and kept.until > now:
            return kept.cabinet
        with enter_public():
            domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        if domain is None:
            self._kept.pop(host, None)
            return None
        if len(self._kept) >= MAX_HOSTS:
            self._kept.clear()
        self._kept[host] = _Kept(now + KEPT_SECONDS, domain.tenant)
        return domain.tenant

    def forget(self) -> None:
        """Forget everything this process kept."""
        self._kept.clear()
        self._version_until = 0.0

    def _drop_stale(self, now: float) -> None:
        if now < self._version_until:
            return
        self._version_until = now + VERSION_SECONDS
        version = _read_version()
        if version != self._version:
            self._version = version
            self._kept.clear()


def _read_version() -> object:
    try:
        return caches["shared"].get(VERSION_KEY)
    except RedisError:
        return None  # without Redis the entries die of age


def announce_change() -> None:
    """Tell every process that a cabinet or a host name changed."""
    directory.forget()
    try:
        caches["shared"].set(VERSION_KEY, time.time_ns(), timeout=None)
    except RedisError:
        return  # the entries die of age within KEPT_SECONDS


def is_public_host(host: str) -> bool:
    """Whether the host is the platform's own."""
    return host in settings.MEDIDESK_PUBLIC_HOSTS


directory = HostDirectory()
