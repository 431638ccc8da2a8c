"""The one guard of requests to addresses that people typed: what is checked is what is connected to, and every wait has an end.

A name is resolved once per connection; every one of its addresses must be public, and the connection goes to one of those that
were looked at, so a name that changes its mind meanwhile (rebinding) gains nothing. Literal, decimal, octal or hexadecimal
spellings all pass through the same resolution. Redirects open connections like any other request.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

from integrations.errors import TargetNotAllowed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}
# IPv6 ranges that carry an IPv4 address in their last 32 bits (RFC 6052, 2765, 4291): the packet ends there.
_CARRIES_V4 = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")]
# Not for the public internet though Python 3.11 calls them global (RFC 6890, 7526, 3879).
_SPECIAL = [ipaddress.ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")]


def check_target(url: str) -> None:
    """Raises TargetNotAllowed for what is not http(s), names an account, or leads inside our own network."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as problem:
        raise TargetNotAllowed from problem
    if not host or not port or "@" in parts.netloc:
        raise TargetNotAllowed
    try:
        allowed_addresses(host, port)
    except OSError:
        return  # unknown today; looked up again, and checked, at each connection


def allowed_addresses(host: str, port: int) -> list[str]:
    """The addresses that may be connected to, IPv4 first. Raises TargetNotAllowed when one is not public, OSError when there is none."""
    found = _addresses(host, port)
    if not settings.MEDIDESK_ALLOW_PRIVATE_TARGETS and not all(is_public(each) for each in found):
        raise TargetNotAllowed
    return sorted(found, key=lambda each: ":" in each)


def is_public(text: str) -> bool:
    """Does this address, whatever it is wrapped in, belong to the public internet and to one machine?"""
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(each.is_global and not each.is_multicast and not each.is_reserved and not _is_special(each) for each in _layers(address))


def _is_special(address: Address) -> bool:
    return any(address in network for network in _SPECIAL)


def _layers(address: Address) -> Iterable[Address]:
    """The IPv4 address that an IPv6 one stands for, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _CARRIES_V4):
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [each for each in inner if each is not None] or [address]


def _addresses(host: str, port: int) -> list[str]:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return ["127.0.0.1"]  # RFC 6761: always this machine, whatever resolvers say or do not know
    try:
        return [str(ipaddress.ip_address(name.partition("%")[0]))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(name))]  # 2130706433, 0x7f.1, 0177.0.0.1: what resolvers read as numbers
    except OSError:
        return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class GuardedTransport(httpx.HTTPTransport):
    """Connects to checked addresses only; nothing of a request lasts past `deadline` (monotonic seconds), slow bytes included."""

    def __init__(self) -> None:
        super().__init__(verify=trusted_certificates(), trust_env=False)
        self.deadline = float("inf")
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted_certificates(), keepalive_expiry=5.0, max_connections=10, network_backend=_Guard(self)
        )


@lru_cache(maxsize=1)
def trusted_certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once: reading them costs more than a call."""
    return httpx.create_ssl_context(trust_env=False)


class _Guard(httpcore.NetworkBackend):
    """Resolves, checks, and connects to what it checked."""

    def __init__(self, transport: GuardedTransport) -> None:
        self.transport = transport
        self.sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to one of the name's addresses. Raises TargetNotAllowed, httpcore's ConnectError and ConnectTimeout."""
        try:
            addresses = allowed_addresses(host, port)
        except (OSError, UnicodeError) as problem:
            raise httpcore.ConnectError("name not found") from problem
        problem_of_last: Exception = httpcore.ConnectError("no address")
        for address in addresses[:3]:
            try:
                seconds = _left(self.transport, timeout, httpcore.ConnectTimeout)
                return _Timed(self.sockets.connect_tcp(address, port, seconds, local_address, socket_options), self.transport)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                problem_of_last = problem
        raise problem_of_last


class _Timed(httpcore.NetworkStream):
    """A stream whose every wait ends at the request's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, transport: GuardedTransport) -> None:
        self.stream = stream
        self.transport = transport

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to that many bytes."""
        return self.stream.read(max_bytes, _left(self.transport, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """All of them."""
        self.stream.write(buffer, _left(self.transport, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Hang up."""
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same stream, encrypted, under the name's own certificate."""
        seconds = _left(self.transport, timeout, httpcore.ConnectTimeout)
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, seconds), self.transport)

    def get_extra_info(self, info: str) -> Any:
        """What lies below."""
        return self.stream.get_extra_info(info)


def _left(transport: GuardedTransport, timeout: float | None, error: type[Exception]) -> float | None:
    """The shorter of the wait and what is left until the deadline. Raises `error` when nothing is left."""
    left = transport.deadline - time.monotonic()
    if left <= 0:
        raise error("deadline passed")
    return left if timeout is None or left < timeout else timeout
