"""Ports of the loopback: which are free, and who answers on them."""

import errno
import socket
from collections.abc import Collection
from contextlib import closing


def free_port(preferred: int = 0, *, host: str = "127.0.0.1", taken: Collection[int] = ()) -> int:
    """`preferred` if nobody listens on it, else the next hundred (8100, 8200…), else any free one."""
    candidates = range(preferred, preferred + 1000, 100) if preferred else ()
    for port in candidates:
        if port not in taken and is_free(port, host=host):
            return port
    while True:
        with closing(socket.socket()) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether we may listen there and nobody answers, over IPv4 nor IPv6 (browsers try both for localhost)."""
    if answers(port):
        return False
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
                probe.settimeout(0.5)
                if probe.connect_ex((address, port)) == 0:
                    return True
        except OSError:
            continue  # no IPv6 on this machine
    return False
