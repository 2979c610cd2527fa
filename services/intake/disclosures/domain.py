"""The rules of a disclosure: who is asked for a service or gives it, and what of a person that lets them know.

A number of the family is told of a child alone, and only where it is safe to call and nobody at home is suspected: it
does not say whose it is. A year of birth that is not certain is the latest possible one, since a younger age protects.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from services.intake.disclosures.state import Addressed, AgeBand, Family, Handled, Providers
from services.intake.persons.age import ADULT, adult_from, age_on
from services.intake.persons.state import PersonIdentity, PersonName, Phone, PhoneNumber
from shared.ids import OrganisationRef, Ref

P = TypeVar("P", bound=Providers)
H = TypeVar("H", bound=Handled)
APART = frozenset({"NO_FAMILY_CONTACT", "NO_FAMILY_PLACEMENT"})
"""Instructions under which nobody is led to the family."""
BANDS = tuple(zip((60, 25, 18, 15, 12, 6, 0), reversed(AgeBand), strict=True))
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


def _addressed(event: OfRequest) -> Addressed:
    return Addressed(service_referral_ref=event.service_referral_ref, organisation_ref=event.organisation_ref)


def asked(facet: P, event: OfRequest) -> P:
    """A provider is asked whether it can give a service."""
    before = ended(facet, event)
    return before.but(asked=(*before.asked, _addressed(event)))


def accepted(facet: P, event: OfRequest) -> P:
    """It gives the service from now on."""
    before = ended(facet, event)
    return before.but(accepted=(*before.accepted, _addressed(event)))


def ended(facet: P, event: OfRequest) -> P:
    """It said no, gave no answer in time, or gives the service no more."""
    ref = event.service_referral_ref
    return facet.but(
        asked=tuple(one for one in facet.asked if one.service_referral_ref != ref),
        accepted=tuple(one for one in facet.accepted if one.service_referral_ref != ref),
    )


def not_again(before: P, now: P) -> P:
    """Referrals lost facts: no request that had ended is under way again."""
    return now.but(
        asked=tuple(one for one in now.asked if one in before.asked),
        accepted=tuple(one for one in now.accepted if one in before.accepted),
    )


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


def age_band(identity: PersonIdentity, day: date) -> AgeBand | None:
    """How old somebody is on that day, at least; None where nobody knows anything of it."""
    if birth_year(identity, day) is None:
        return None
    low = age_on(identity.births, identity.determination, day).low
    return next(band for least, band in BANDS if low >= least)


def guardians_phone(phones: Sequence[Phone], family: Family) -> PhoneNumber | None:
    """The number at which a child's guardian may be called."""
    if not family.child or family.suspected or APART & set(family.handling):
        return None
    return next((phone.number for phone in phones if phone.owner == "FAMILY" and phone.safe_to_call), None)
