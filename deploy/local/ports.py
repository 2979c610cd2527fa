"""Ports of this machine that nobody listens on."""

import random
import socket
from contextlib import ExitStack

RANGE = range(20_000, 32_768)
"""Below those that systems give to outgoing connections: one could take a port between our look and its use."""
_CHANCE = random.SystemRandom()


def free_ports(count: int, together: int = 1) -> list[int]:
    """That many different ones, each the first of so many in a row. All are held until the last is found."""
    found: list[int] = []
    with ExitStack() as held:
        for first in _CHANCE.sample(RANGE, len(RANGE)):
            if len(found) == count:
                break
            row = [held.enter_context(socket.socket()) for _ in range(together)]
            if all(_bound(one, port) for port, one in enumerate(row, first)):
                found.append(first)
    return found


def free_port(preferred: int = 0) -> int:
    """The preferred port if it is free, else another."""
    if preferred:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if _bound(probe, preferred):
                return preferred
    return free_ports(1)[0]


def _bound(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
