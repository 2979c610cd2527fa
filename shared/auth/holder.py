"""Who a verified token speaks of, and in which of its roles and for which of its purposes a request is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from shared.auth.caller import Caller, Purpose, Role
from shared.auth.identity import Ambiguous, NotHeld, TokenRefused
from shared.ids import OrganisationRef, StaffRef, ref_in

ROLE, PURPOSE = "homeward-role", "homeward-purpose"
"""Headers that choose among what a token gives."""
STRONG, MANY = frozenset({"aal2", "aal3", "phr", "phrh"}), "mfa"
"""Ways of signing in that take more than one factor: levels (`acr`), and the method that says so (`amr`)."""

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Holder:
    """One person or client of an organisation, with all that the issuer says they may act as."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    roles: frozenset[Role]
    purposes: frozenset[Purpose]
    factor_at: datetime | None = None

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Self:
        """From the claims of a verified token. Raises TokenRefused naming the first claim that is missing or unusable.

        `sub` and `organisation` are refs, or UUIDs, which are the same 128 bits. Words in `roles` and `purposes` that
        are not ours are left out: providers add some of their own.
        """
        return cls(
            _ref(claims, "sub"),
            _ref(claims, "organisation"),
            _words(claims, "roles", Role) - {Role.SYSTEM},
            _words(claims, "purposes", Purpose),
            _factor_at(claims),
        )

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """As whom they act now. Raises Ambiguous (400) where a header must choose, NotHeld (403) where it may not."""
        return Caller(
            self.staff_ref,
            self.organisation_ref,
            _chosen(self.roles, headers.get(ROLE), Ambiguous("role_unsaid"), NotHeld("role_not_held")),
            _chosen(self.purposes, headers.get(PURPOSE), Ambiguous("purpose_unsaid"), NotHeld("purpose_not_held")),
            self.factor_at,
        )


def _ref(claims: Mapping[str, Any], name: str) -> str:
    said = claims.get(name)
    ref = ref_in(said) if isinstance(said, str) else None
    if ref is None:
        raise TokenRefused("token_claim", claim=name)
    return ref


def _factor_at(claims: Mapping[str, Any]) -> datetime | None:
    """When they signed in (`auth_time`), if that was with a second factor (`acr`, or `amr` of RFC 8176).

    What cannot be read counts as not said: it refuses nothing that asks for no second factor.
    """
    acr, amr, at = claims.get("acr"), claims.get("amr"), claims.get("auth_time")
    strong = (isinstance(acr, str) and acr in STRONG) or (isinstance(amr, list) and MANY in amr)
    if not strong or not isinstance(at, int) or isinstance(at, bool):
        return None
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _words(claims: Mapping[str, Any], name: str, kind: type[Choice]) -> frozenset[Choice]:
    said = claims.get(name)
    if not isinstance(said, list) or not all(isinstance(word, str) for word in said):
        raise TokenRefused("token_claim", claim=name)
    return frozenset(one for one in kind if one in said)


def _chosen(held: frozenset[Choice], asked: str | None, unsaid: Ambiguous, not_held: NotHeld) -> Choice:
    """The one that is asked for; the only one where nothing is."""
    if asked is None and len(held) != 1:
        raise unsaid
    for one in held:
        if asked in (None, one):
            return one
    raise not_held
