"""The port that recognises callers. The process chooses an adapter; services know only this port."""

from collections.abc import Mapping
from typing import Protocol

from shared.auth.caller import Caller
from shared.errors import HomewardError


class CallerUnknown(HomewardError):
    """No usable identity came with the request."""

    status = 401
    code = "caller_unknown"


class Identify(Protocol):
    """Says who is calling, from the headers of a request. Raises CallerUnknown for anybody else."""

    def __call__(self, headers: Mapping[str, str], /) -> Caller: ...


def nobody(_headers: Mapping[str, str]) -> Caller:
    """Where no adapter was chosen, nobody is known."""
    raise CallerUnknown()
