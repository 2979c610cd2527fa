"""The rules of a small business, as those who visit find it: planned, operating, struggling, ceased.

That a business has ceased is a fact, never a fault, and nothing follows from it but a conversation.
"""

from typing import assert_never

from services.grants.applications.duties import Act, act_of, not_before
from services.grants.businesses.commands import (
    STATUSES,
    BusinessCommand,
    CeaseBusiness,
    CheckBusiness,
    CorrectBusiness,
    VoidBusiness,
)
from services.grants.businesses.state import Business, Check, Facts, Status, tags
from shared.contracts import grants as told
from shared.contracts.grants import Activity, BusinessState
from shared.errors import Refused
from shared.ids import CaseRef, Ref
from shared.model import Decided


def plan(case_ref: CaseRef, application_ref: Ref, activity: Activity, place: str, facts: Facts) -> Decided[Business]:
    """The agreement is signed; a business is to begin."""
    planned = Business(
        status=Status.PLANNED, case_ref=case_ref, application_ref=application_ref, activity=activity, place=place
    )
    return Decided(planned, (told.BusinessPlanned(**tags(planned, facts), activity=activity),))


def decide(state: Business | None, command: BusinessCommand, facts: Facts) -> Decided[Business]:
    """What becomes of a business. The same act by the same person twice decides nothing the second time."""
    act = act_of(facts.actor, command)
    if state is not None and state.last == act:
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    assert state is not None
    match command:
        case CheckBusiness():
            return _check(state, command, facts)
        case CeaseBusiness():
            return _cease(state, command, facts, act)
        case CorrectBusiness():
            corrected = command.applied_to(state)
            event = told.BusinessCorrected(**tags(state, facts), activity=corrected.activity)
            return Decided(state) if corrected == state else Decided(corrected.but(last=act), (event,))
        case VoidBusiness():
            voided = state.but(status=Status.VOIDED, last=act)
            return Decided(voided, (told.BusinessVoided(**tags(state, facts), reason=command.reason),))
        case _:
            assert_never(command)


def _check(state: Business, command: CheckBusiness, facts: Facts) -> Decided[Business]:
    if any(check.check_ref == command.check_ref for check in state.checks):
        raise Refused("ref_in_use")
    not_before(facts.signed_on, facts.day)
    seen = Check(
        check_ref=command.check_ref,
        state=command.state,
        findings=command.findings,
        day=facts.day,
        visitor=facts.actor,
    )
    checks = (*state.checks, seen)
    latest = max(checks, key=lambda check: check.day)
    status = Status.OPERATING if latest.state is BusinessState.OPERATING else Status.STRUGGLING
    event = told.BusinessChecked(**tags(state, facts), check_ref=seen.check_ref, state=command.state, day=facts.day)
    return Decided(state.but(status=status, checks=checks), (event,))


def _cease(state: Business, command: CeaseBusiness, facts: Facts, act: Act) -> Decided[Business]:
    """It ends no earlier than somebody found it running for the last time."""
    not_before(facts.signed_on, facts.day)
    running = (check.day for check in state.checks if check.state is BusinessState.OPERATING)
    not_before(max(running, default=None), facts.day)
    ceased = state.but(status=Status.CEASED, ceased_on=facts.day, cessation=command.reason, last=act)
    return Decided(ceased, (told.BusinessCeased(**tags(state, facts), reason=command.reason, day=facts.day),))
