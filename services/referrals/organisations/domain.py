"""The directory: which organisation offers which service, for whom, and with how many places.

Field names follow the Human Services Data Specification where it has one. The surprise: an organisation is not a
person, so its name is plain work data; only whom to ask for there is sealed.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts import referrals as told
from shared.contracts.leaves import Count, Country, Day
from shared.contracts.referrals import OrganisationKind, PauseReason, ServiceCode, VoidReason
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref
from shared.model import C0, C2, Command, Correction, Decided, Given, Model, Name, StatusTable, left_out


class Status(StrEnum):
    """Whether people may be referred to the organisation."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    VOIDED = "voided"


class OfferedService(Given):
    """One service of the catalogue, for whom, and how many places are free of how many."""

    service: ServiceCode
    available: Count | None = None
    maximum: Count | None = None
    minimum_age: Count | None = None
    maximum_age: Count | None = None


class OrganisationContact(Given):
    """Whom to ask for there."""

    person: C2[Name] | None = None
    phone: C2[Name] | None = None
    email: C2[Name] | None = None


class Organisation(Model):
    """An entry of the directory."""

    status: Status
    kind: OrganisationKind
    name: C0[Name]
    alternate_name: C0[Name] | None = None
    country: Country
    services: tuple[OfferedService, ...] = ()

    def offers(self, service: str) -> bool:
        """Is the service among those it gives?"""
        return any(offered.service == service for offered in self.services)


class RegisterOrganisation(Command):
    """Put an organisation into the directory."""

    ref: Ref | None = None
    kind: OrganisationKind
    name: C0[Name]
    alternate_name: C0[Name] | None = None
    country: Country = "KH"
    services: tuple[OfferedService, ...] = Field(default=(), max_length=60)
    contact: C2[OrganisationContact] | None = None


class ChangeCapacity(Command):
    """Say how many places a service has now."""

    service: ServiceCode
    available: Count
    maximum: Count | None = None


class SuspendOrganisation(Command):
    """Refer nobody there for now."""

    reason: PauseReason


class ReinstateOrganisation(Command):
    """Refer people there again."""


class CloseOrganisation(Command):
    """The organisation no longer works."""


class CorrectOrganisation(Correction):
    """Put right what the directory says."""

    kind: OrganisationKind = left_out()
    name: C0[Name] = left_out()
    alternate_name: C0[Name] | None = left_out()
    country: Country = left_out()
    services: Annotated[tuple[OfferedService, ...], Field(max_length=60)] = left_out()
    contact: C2[OrganisationContact] | None = left_out()


class VoidOrganisation(Command):
    """Take back an entry made in error."""

    reason: VoidReason


_ALWAYS: frozenset[type[Command]] = frozenset({CorrectOrganisation, VoidOrganisation})

STATUSES = StatusTable(
    "organisation",
    opening=frozenset({RegisterOrganisation}),
    allowed={
        Status.ACTIVE: _ALWAYS | {ChangeCapacity, SuspendOrganisation, CloseOrganisation},
        Status.SUSPENDED: _ALWAYS | {ChangeCapacity, ReinstateOrganisation, CloseOrganisation},
        Status.CLOSED: _ALWAYS,
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """Which organisation, and the day on which it happened."""

    organisation_ref: OrganisationRef
    day: Day


def _listed_once(entry: Organisation) -> Organisation:
    codes = [offered.service for offered in entry.services]
    if len(codes) != len(set(codes)):
        raise Refused("service_listed_twice")
    return entry


def _entry(command: RegisterOrganisation) -> Organisation:
    entry = Organisation(
        status=Status.ACTIVE,
        kind=command.kind,
        name=command.name,
        alternate_name=command.alternate_name,
        country=command.country,
        services=command.services,
    )
    return _listed_once(entry)


def _described(state: Organisation) -> dict[str, object]:
    return {
        "kind": state.kind,
        "country": state.country,
        "services": tuple(offered.service for offered in state.services),
    }


def _register(state: Organisation | None, command: RegisterOrganisation, facts: Facts) -> Decided[Organisation]:
    entry = _entry(command)
    if state == entry:
        return Decided(entry)
    STATUSES.check(state and state.status, command)
    return Decided(
        entry,
        (told.OrganisationRegistered.model_validate({"organisation_ref": facts.organisation_ref} | _described(entry)),),
    )


def _recount(state: Organisation, command: ChangeCapacity, facts: Facts) -> Decided[Organisation]:
    if not state.offers(command.service):
        raise Refused("service_not_offered")
    if command.maximum is not None and command.available > command.maximum:
        raise Refused("more_places_than_there_are")
    services = tuple(
        offered.but(available=command.available, maximum=command.maximum)
        if offered.service == command.service
        else offered
        for offered in state.services
    )
    if services == state.services:
        return Decided(state)
    return Decided(
        state.but(services=services),
        (
            told.OrganisationCapacityChanged(
                organisation_ref=facts.organisation_ref,
                service=command.service,
                places=command.available,
                day=facts.day,
            ),
        ),
    )


def _correct(state: Organisation, command: CorrectOrganisation, facts: Facts) -> Decided[Organisation]:
    entry = _listed_once(command.applied_to(state))
    if entry == state and "contact" not in command.changes():
        return Decided(state)
    return Decided(
        entry,
        (told.OrganisationCorrected.model_validate({"organisation_ref": facts.organisation_ref} | _described(entry)),),
    )


def decide(state: Organisation | None, command: Command, facts: Facts) -> Decided[Organisation]:
    """What becomes of an entry of the directory."""
    if isinstance(command, RegisterOrganisation):
        return _register(state, command, facts)
    STATUSES.check(state and state.status, command)
    assert state is not None
    ref = facts.organisation_ref
    match command:
        case ChangeCapacity():
            return _recount(state, command, facts)
        case CorrectOrganisation():
            return _correct(state, command, facts)
        case SuspendOrganisation():
            suspended = told.OrganisationSuspended(organisation_ref=ref, reason=command.reason)
            return Decided(state.but(status=Status.SUSPENDED), (suspended,))
        case ReinstateOrganisation():
            return Decided(state.but(status=Status.ACTIVE), (told.OrganisationReinstated(organisation_ref=ref),))
        case CloseOrganisation():
            closed = told.OrganisationClosed(organisation_ref=ref, day=facts.day)
            return Decided(state.but(status=Status.CLOSED), (closed,))
        case VoidOrganisation():
            voided = told.OrganisationVoided(organisation_ref=ref, reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:  # pragma: no cover
            raise AssertionError(type(command))
