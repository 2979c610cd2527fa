"""The port that recognises callers. The process chooses an adapter; services know only this port."""

from collections.abc import Mapping
from typing import Protocol

from shared.auth.caller import Caller
from shared.errors import HomewardError


class CallerUnknown(HomewardError):
    """No usable identity came with the request."""

    status = 401
    code = "caller_unknown"


class TokenRefused(CallerUnknown):
    """A token came that cannot be used. The code says why only where the issuer's own signature is on it."""

    code = "token_refused"


class NotHeld(HomewardError):
    """The request asks to act in a role or for a purpose that its token does not give."""

    status = 403


class Ambiguous(HomewardError):
    """The token gives several roles or purposes, or none, and the request names none of them."""

    status = 400


class Identify(Protocol):
    """Says who is calling, from the headers of a request. Raises CallerUnknown for anybody else."""

    async def __call__(self, headers: Mapping[str, str], /) -> Caller: ...


async def nobody(_headers: Mapping[str, str]) -> Caller:
    """Where no adapter was chosen, nobody is known."""
    raise CallerUnknown()


REFUSALS = frozenset(
    {
        (400, "role_unsaid"),
        (400, "purpose_unsaid"),
        (401, "caller_unknown"),
        (401, "token_refused"),
        (401, "token_expired"),
        (401, "token_claim"),
        (401, "token_bound"),
        (403, "role_not_held"),
        (403, "purpose_not_held"),
        (403, "purpose_not_for_this"),
    }
)
"""What any operation may answer to a caller before it is known who asks."""
