"""The rules of the directory: which organisation offers which service, for whom, and with how many places."""

from typing import assert_never

from services.referrals.organisations.commands import (
    STATUSES,
    ChangeCapacity,
    CloseOrganisation,
    CorrectOrganisation,
    OrganisationCommand,
    RegisterOrganisation,
    ReinstateOrganisation,
    SuspendOrganisation,
    VoidOrganisation,
)
from services.referrals.organisations.state import Facts, Organisation, Status
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: Organisation | None, command: OrganisationCommand, facts: Facts) -> Decided[Organisation]:
    """What becomes of an entry of the directory."""
    STATUSES.check(None if state is None else state.status, command)
    _must_be_agreed(state, command, facts)
    if isinstance(command, RegisterOrganisation):
        return _register(command, facts)
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
        case _:
            assert_never(command)


def _must_be_agreed(state: Organisation | None, command: OrganisationCommand, facts: Facts) -> None:
    """For a body of state its people speak: two directory stewards say which organisation is one, and nobody else.

    How many places are free there, and whom to ask, gives no authority.
    """
    if facts.agreed or isinstance(command, ChangeCapacity):
        return
    if isinstance(command, CorrectOrganisation) and command.changes().keys() <= {"contact"}:
        return
    if told.has_authority(None if state is None else state.kind) or told.has_authority(getattr(command, "kind", None)):
        raise Refused("two_stewards_needed")


def _listed_once(entry: Organisation) -> Organisation:
    codes = [offered.service for offered in entry.services]
    if len(codes) != len(set(codes)):
        raise Refused("service_listed_twice")
    return entry


def _described(state: Organisation) -> dict[str, object]:
    return {
        "kind": state.kind,
        "country": state.country,
        "services": tuple(offered.service for offered in state.services),
    }


def _register(command: RegisterOrganisation, facts: Facts) -> Decided[Organisation]:
    entry = Organisation(
        status=Status.ACTIVE,
        kind=command.kind,
        name=command.name,
        alternate_name=command.alternate_name,
        country=command.country,
        services=command.services,
        registered_by=facts.by,
    )
    values = {"organisation_ref": facts.organisation_ref} | _described(_listed_once(entry))
    return Decided(entry, (told.OrganisationRegistered.model_validate(values),))


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
    changed = told.OrganisationCapacityChanged(
        organisation_ref=facts.organisation_ref, service=command.service, places=command.available, day=facts.day
    )
    return Decided(state.but(services=services), (changed,))


def _correct(state: Organisation, command: CorrectOrganisation, facts: Facts) -> Decided[Organisation]:
    entry = _listed_once(command.applied_to(state))
    if facts.agreed:
        # Whoever entered it before is not asked about a body of state any more.
        entry = entry.but(registered_by=facts.by)
    if entry == state and "contact" not in command.changes():
        return Decided(state)
    values = {"organisation_ref": facts.organisation_ref} | _described(entry)
    return Decided(entry, (told.OrganisationCorrected.model_validate(values),))
