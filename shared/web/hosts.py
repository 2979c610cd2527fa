"""The allowed hosts: names under which this process answers. Any other `Host` gets 421.

A page elsewhere could point its own name at our address, and its script could then read the answers. So only loopback
names, the address that we listen on, and `HOMEWARD_ALLOWED_HOSTS` are served.
"""

import re
from ipaddress import ip_address

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from shared.settings import Settings
from shared.web.problems import problem

_NAMED = re.compile(rb"(\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(?::[0-9]{1,5})?", re.IGNORECASE)


class Hosts:
    """The names that are served."""

    def __init__(self, settings: Settings) -> None:
        given = (settings.host, "localhost", *settings.allowed_hosts.split(","))
        self._names = {_plain(name.strip()) for name in given}

    def serve(self, scope: Scope) -> bool:
        """Whether a request names exactly one host, and one that we are."""
        named = [value for name, value in scope["headers"] if name == b"host"]
        match = _NAMED.fullmatch(named[0]) if len(named) == 1 else None
        if match is None:
            return False
        name = _plain(match[1].decode())
        return name in self._names or _is_loopback(name)


def _plain(name: str) -> str:
    return name.lower().removesuffix(".").strip("[]")


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


async def misdirected(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer 421 to a host that is not allowed."""
    await problem(Request(scope), 421, "host_not_served")(scope, receive, send)
