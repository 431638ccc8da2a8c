"""No test talks to the outside: connections other than to this machine are refused."""

import ipaddress
import sys
from typing import Any


class OutsideRefused(RuntimeError):
    """A test tried to leave this machine."""


def close_network() -> None:
    """From now on, in this process, only loopback and Unix sockets can be reached or looked up."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not is_this_machine(address[0]):
            raise OutsideRefused(f"{event} to {address[0]}")
    elif event == "socket.getaddrinfo" and arguments[0] and not is_this_machine(arguments[0]):
        raise OutsideRefused(f"look-up of {arguments[0]}")


def is_this_machine(host: str | bytes) -> bool:
    """Whether the name or address is this machine's own loopback."""
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback or name in ("0.0.0.0", "::")
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
