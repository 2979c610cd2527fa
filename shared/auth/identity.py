"""The port that recognises callers. The process chooses an adapter; services know only this port."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.auth.caller import Caller
from shared.errors import HomewardError

SIGNATURES = ("ES256", "PS256", "Ed25519")
"""With which a machine may prove that it has its key: those of FAPI 2.0, Ed25519 by its own name (RFC 9864)."""


class CallerUnknown(HomewardError):
    """No usable identity came with the request."""

    status = 401
    code = "caller_unknown"


class TokenRefused(CallerUnknown):
    """A token came that cannot be used. The code says why only where the issuer's own signature is on it."""

    code = "token_refused"


class ProofRefused(CallerUnknown):
    """What should prove that the caller has the key of its token does not. Nobody is told in what it fails."""

    code = "dpop_proof_refused"


class NotHeld(HomewardError):
    """The request asks to act in a role or for a purpose that its token does not give."""

    status = 403


class Ambiguous(HomewardError):
    """The token gives several roles or purposes, or none, and the request names none of them."""

    status = 400


class Used(Protocol):
    """Remembers which proofs were shown, for all replicas that answer at one address."""

    async def first(self, digest: str, now: datetime, until: datetime) -> bool:
        """Whether this one is shown for the first time. It is remembered `until` nobody would take it any more."""
        ...


class Unremembered:
    """Where nothing can be remembered, no proof is ever good."""

    async def first(self, _digest: str, _now: datetime, _until: datetime) -> bool:
        return False


@dataclass(frozen=True)
class Asking:
    """What a request says of who asks: its headers, and what a proof must be made for.

    Method and address are those that the caller used, whatever a proxy or we ourselves made of them on the way.
    `proofs` are all headers named DPoP.
    """

    headers: Mapping[str, str]
    method: str = "GET"
    address: str = ""
    proofs: Sequence[str] = ()
    used: Used = field(default_factory=Unremembered)


class Identify(Protocol):
    """Says who is calling, from what a request says of it. Raises CallerUnknown for anybody else."""

    async def __call__(self, asking: Asking, /) -> Caller: ...


async def nobody(_asking: Asking) -> Caller:
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
        (401, "dpop_proof_refused"),
        (403, "role_not_held"),
        (403, "purpose_not_held"),
        (429, "too_many_of_caller"),
        (403, "purpose_not_for_this"),
        (403, "relation_needed"),
    }
)
"""What any operation may answer to a caller before anything is done: it is not known who asks, or asks too often."""
