"""The rules of an application for a small-business grant, from the first draft to the end of the grant.

No command, status or field here could say that somebody owes something. Misuse suspends a grant, support comes first,
and a grant that ends early ends.
"""

from typing import Any, assert_never

from services.grants.applications import commands as ask
from services.grants.applications import decision, running
from services.grants.applications.commands import (
    AT_ANY_TIME,
    STATUSES,
    ApplicationCommand,
    CommitteeCommand,
    LaterCommand,
    RunningCommand,
)
from services.grants.applications.conditions import agreed, case_can_receive, may_receive, plan_can_be_judged, training
from services.grants.applications.duties import Part, act_of, joined, not_before, only_as
from services.grants.applications.state import Application, Assignment, Facts, HolderException, Status, tags
from services.grants.programmes.money import band, conversion
from services.grants.programmes.state import Status as ProgrammeStatus
from shared.contracts import grants as told
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Decided


def decide(state: Application | None, command: ApplicationCommand, facts: Facts) -> Decided[Application]:
    """What becomes of an application. The same act by the same person twice decides nothing the second time."""
    act = act_of(facts.actor, command)
    if state is not None and state.last == act:
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, ask.DraftApplication):
        return _draft(command, facts)
    assert state is not None
    if type(command) not in AT_ANY_TIME:
        not_before(state.stands_since, facts.day)
    decided = _step(state, command, facts)
    if not decided.events:
        return Decided(state)
    since = state.stands_since if decided.state.status is state.status else facts.day
    return Decided(decided.state.but(last=act, stands_since=since), decided.events)


def _step(state: Application, command: LaterCommand, facts: Facts) -> Decided[Application]:
    if isinstance(command, CommitteeCommand):
        return decision.step(state, command, facts)
    if isinstance(command, RunningCommand):
        return running.step(state, command, facts)
    match command:
        case ask.CorrectApplication():
            return _correct(state, command, facts)
        case ask.SubmitApplication():
            return _submit(state, facts)
        case ask.AssignStaff():
            return _assign(state, command, facts)
        case ask.ReleaseStaff():
            return _release(state, command, facts)
        case ask.ExceptHolder():
            return _except(state, command, facts)
        case ask.CheckEligibility():
            return _check(state, command, facts)
        case ask.AssessApplication():
            return _assess(state, command, facts)
        case _:
            assert_never(command)


def _draft(command: ask.DraftApplication, facts: Facts) -> Decided[Application]:
    case_can_receive(facts)
    not_before(facts.standing.opened_on, facts.day)
    not_before(facts.programme.opened_on, facts.day)
    if facts.programme.status is not ProgrammeStatus.OPEN:
        raise Refused("programme_not_open")
    converted = conversion(command.plan.cost, command.plan.currency, facts.programme.currency, command.rate)
    own = Assignment(staff_ref=facts.actor, organisation_ref=facts.organisation, kind="GRANT")
    drafted = Application(
        status=Status.DRAFT,
        case_ref=command.case_ref,
        programme_ref=command.programme_ref,
        household_ref=facts.standing.household_ref,
        holders=command.holders,
        plan=command.plan,
        requested=converted.worth if converted else command.plan.cost,
        conversion=converted,
        preparers=(facts.actor,),
        assigned=(own,),
        stands_since=facts.day,
        last=act_of(facts.actor, command),
    )
    event = told.ApplicationDrafted(
        **_worth(drafted, facts), household_ref=drafted.household_ref, activity=command.plan.activity
    )
    return Decided(drafted, (event, told.ApplicationAssigned(**_part(drafted, own, facts))))


def _worth(state: Application, facts: Facts) -> dict[str, Any]:
    programme = facts.programme
    money_band = band(state.requested, programme.currency, programme.rate)
    return {**tags(state, facts), "money_band": money_band, "currency": programme.currency}


def _part(state: Application, assignment: Assignment, facts: Facts) -> dict[str, Any]:
    return {
        "case_ref": state.case_ref,
        "application_ref": facts.application_ref,
        **assignment.model_dump(),
    }


def _correct(state: Application, command: ask.CorrectApplication, facts: Facts) -> Decided[Application]:
    only_as(Part.PREPARER, facts.actor, state.hands)
    said = command.applied_to(state)
    known = state.conversion.rate if state.conversion and said.plan.currency is state.plan.currency else None
    rate = command.changes().get("rate", known)
    converted = conversion(said.plan.cost, said.plan.currency, facts.programme.currency, rate)
    corrected = said.but(
        requested=converted.worth if converted else said.plan.cost,
        conversion=converted,
        exceptions=state.exceptions if said.holders == state.holders else (),
    )
    if corrected == state and "notes" not in command.changes():
        return Decided(state)
    event = told.ApplicationCorrected(**_worth(corrected, facts), activity=corrected.plan.activity)
    return Decided(corrected.but(preparers=joined(state.preparers, facts.actor)), (event,))


def _submit(state: Application, facts: Facts) -> Decided[Application]:
    only_as(Part.PREPARER, facts.actor, state.hands)
    case_can_receive(facts)
    agreed(facts)
    plan_can_be_judged(state, facts)
    submitted = state.but(status=Status.SUBMITTED, preparers=joined(state.preparers, facts.actor))
    event = told.ApplicationSubmitted(**_worth(submitted, facts), activity=state.plan.activity, day=facts.day)
    return Decided(submitted, (event,))


def _assign(state: Application, command: ask.AssignStaff, facts: Facts) -> Decided[Application]:
    named = Assignment(staff_ref=command.staff_ref, organisation_ref=command.organisation_ref, kind=command.kind.value)
    if named in state.assigned:
        return Decided(state)
    event = told.ApplicationAssigned(**_part(state, named, facts))
    return Decided(state.but(assigned=(*state.assigned, named)), (event,))


def _release(state: Application, command: ask.ReleaseStaff, facts: Facts) -> Decided[Application]:
    named = Assignment(staff_ref=command.staff_ref, organisation_ref=command.organisation_ref, kind=command.kind.value)
    if named not in state.assigned:
        raise Refused("not_assigned")
    left = tuple(assignment for assignment in state.assigned if assignment != named)
    return Decided(state.but(assigned=left), (told.ApplicationReleased(**_part(state, named, facts)),))


def without(
    state: Application, ref: Ref, staff_ref: StaffRef, organisation_ref: OrganisationRef
) -> Decided[Application]:
    """Somebody left their organisation: they have no duty any more. What they did stays on record."""
    gone = tuple(
        one for one in state.assigned if (one.staff_ref, one.organisation_ref) == (staff_ref, organisation_ref)
    )
    named = {"case_ref": state.case_ref, "application_ref": ref}
    events = tuple(told.ApplicationReleased(**named, **one.model_dump()) for one in gone)
    return Decided(state.but(assigned=tuple(one for one in state.assigned if one not in gone)), events)


def _except(state: Application, command: ask.ExceptHolder, facts: Facts) -> Decided[Application]:
    """Two different people, neither of whom prepared the application."""
    if facts.signatory is None:
        raise Refused("not_a_signatory")
    if facts.actor in state.preparers or any(signed.staff_ref == facts.actor for signed in state.exceptions):
        raise Refused("separation_of_duties")
    if any(signed.signatory is facts.signatory for signed in state.exceptions):
        raise Refused("already_signed")
    signed = HolderException(staff_ref=facts.actor, signatory=facts.signatory, reason=command.reason)
    exceptions = (*state.exceptions, signed)
    event = told.ApplicationHolderExcepted(**tags(state, facts), signatures=len(exceptions))
    return Decided(state.but(exceptions=exceptions), (event,))


def _check(state: Application, command: ask.CheckEligibility, facts: Facts) -> Decided[Application]:
    only_as(Part.ASSESSOR, facts.actor, state.hands)
    may_receive(state, command.basis, facts)
    passed = training(facts.programme, facts.standing.trained, command.waiver)
    checked = state.but(
        status=Status.ELIGIBILITY_CHECKED,
        basis=command.basis,
        training=passed,
        waiver=command.waiver,
        assessors=joined(state.assessors, facts.actor),
    )
    event = told.ApplicationEligibilityChecked(**tags(state, facts), basis=command.basis, training=passed)
    return Decided(checked, (event,))


def _assess(state: Application, command: ask.AssessApplication, facts: Facts) -> Decided[Application]:
    only_as(Part.ASSESSOR, facts.actor, state.hands)
    agreed(facts)
    assessed = state.but(
        status=Status.ASSESSED,
        recommended=command.recommended,
        assessors=joined(state.assessors, facts.actor),
    )
    event = told.ApplicationAssessed(**tags(state, facts), recommended=command.recommended, day=facts.day)
    return Decided(assessed, (event,))
