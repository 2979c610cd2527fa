"""What is kept of an organisation, and what a rule about it needs beside that.

Field names follow the Human Services Data Specification where it has one. An organisation is not a person, so its name
is plain work data; only whom to ask for there is sealed.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.leaves import Count, Country, Day
from shared.contracts.referrals import OrganisationKind, ServiceCode
from shared.ids import OrganisationRef
from shared.model import C0, C2, Given, Model, Name


@labelled("organisation_status")
class Status(StrEnum):
    """Whether people may be referred to the organisation."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    VOIDED = "voided"


class OfferedService(Given):
    """One service of the catalogue, for whom, and how many places are free of how many."""

    service: C0[ServiceCode]
    available: C0[Count | None] = None
    maximum: C0[Count | None] = None
    minimum_age: C0[Count | None] = None
    maximum_age: C0[Count | None] = None


class OrganisationContact(Given):
    """Whom to ask for there."""

    person: C2[Name | None] = None
    phone: C2[Name | None] = None
    email: C2[Name | None] = None


class Organisation(Model):
    """An entry of the directory."""

    status: C0[Status]
    kind: C0[OrganisationKind]
    name: C0[Name]
    alternate_name: C0[Name | None] = None
    country: C0[Country]
    services: C0[tuple[OfferedService, ...]] = ()
    registered_by: C0[OrganisationRef | None] = None

    def offers(self, service: str) -> bool:
        """Is the service among those it gives?"""
        return any(offered.service == service for offered in self.services)


@dataclass(frozen=True)
class Facts:
    """Which organisation, the day on which it happened, and for whom somebody says so.

    `agreed`: one directory steward proposed it and another confirmed.
    """

    organisation_ref: OrganisationRef
    day: Day
    by: OrganisationRef | None = None
    agreed: bool = False
