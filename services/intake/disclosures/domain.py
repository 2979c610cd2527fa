"""The rules of a disclosure: who gives a service now, and what of a person that lets them know.

A number of the family is told of a child alone, and only where it is safe to call and nobody at home is suspected: it
does not say whose it is. A year of birth that is not certain is the latest possible one, since a younger age protects.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from services.intake.disclosures.state import Accepted, Family, Handled, Providers
from services.intake.persons.age import ADULT, adult_from
from services.intake.persons.state import PersonIdentity, PersonName, Phone, PhoneNumber
from shared.ids import OrganisationRef, Ref

P = TypeVar("P", bound=Providers)
H = TypeVar("H", bound=Handled)
APART = frozenset({"NO_FAMILY_CONTACT", "NO_FAMILY_PLACEMENT"})
"""Instructions under which nobody is led to the family."""
KINDS = ("OWN", "ON_DOCUMENT", "ON_LIST")


class OfRequest(Protocol):
    """A fact of a request for a service."""

    @property
    def service_referral_ref(self) -> Ref: ...

    @property
    def organisation_ref(self) -> OrganisationRef: ...


class Handling(Protocol):
    """A fact that says how somebody is to be treated."""

    @property
    def handling(self) -> tuple[str, ...]: ...


def accepted(facet: P, event: OfRequest) -> P:
    """A provider gives a service from now on."""
    one = Accepted(service_referral_ref=event.service_referral_ref, organisation_ref=event.organisation_ref)
    return facet.but(accepted=(*ended(facet, event).accepted, one))


def ended(facet: P, event: OfRequest) -> P:
    """It does no more."""
    return facet.but(accepted=tuple(o for o in facet.accepted if o.service_referral_ref != event.service_referral_ref))


def not_again(before: P, now: P) -> P:
    """Referrals lost facts: no request that had ended is under way again."""
    return now.but(accepted=tuple(one for one in now.accepted if one in before.accepted))


def suggested(facet: H, event: Handling) -> H:
    """A suggestion protects at once; it never takes a protection away."""
    return facet.but(handling=tuple(sorted({*facet.handling, *event.handling})))


def names_to_use(identity: PersonIdentity) -> Sequence[PersonName]:
    """How somebody says their name or, where nobody asked, as papers have it; what else they are called is private."""
    said = ([name for name in identity.names if name.kind == kind] for kind in KINDS)
    return next((names for names in said if names), [])


def birth_year(identity: PersonIdentity, day: date) -> int | None:
    """The year of birth or, where it is not certain, the latest that is possible."""
    grown = adult_from(identity.births, identity.determination, day)
    return None if grown is None else grown.year - ADULT


def guardians_phone(phones: Sequence[Phone], family: Family) -> PhoneNumber | None:
    """The number at which a child's guardian may be called."""
    if not family.child or family.suspected or APART & set(family.handling):
        return None
    return next((phone.number for phone in phones if phone.owner == "FAMILY" and phone.safe_to_call), None)
