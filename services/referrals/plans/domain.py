"""The plan of a case: it opens when the case opens, is agreed, worked on, and closed; its closure closes the case.

The surprise: help never waits for it. A plan that nobody has agreed to yet stops no service.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from services.referrals.plans import closure
from services.referrals.plans.closure import Work
from shared.contracts import referrals as told
from shared.contracts.leaves import Day
from shared.contracts.referrals import (
    ClosureReason,
    NearDay,
    OverrideReason,
    ReopenReason,
    Signatory,
    SignatureKind,
    VoidReason,
)
from shared.errors import Refused
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import Command, Correction, Decided, Given, Model, StatusTable, left_out


class Status(StrEnum):
    """How far the plan is."""

    OPENED = "opened"
    AGREED = "agreed"
    ACTIVE = "active"
    CLOSED = "closed"
    VOIDED = "voided"


class Worker(Model):
    """Somebody who works on the plan, and for whom."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class Signature(Given):
    """Who agreed and how. A caregiver is named by ref, since one who is implicated may not sign."""

    party: Signatory
    kind: SignatureKind
    person_ref: PersonRef | None = None


class Transfer(Given):
    """An attempt to find somebody else who goes on helping."""

    organisation_ref: OrganisationRef
    tried_on: NearDay
    accepted: bool


class Plan(Model):
    """The plan of one case."""

    case_ref: CaseRef
    status: Status
    opened_on: Day
    workers: tuple[Worker, ...] = ()
    signatures: tuple[Signature, ...] = ()
    agreed_on: Day | None = None
    closed_on: Day | None = None
    reason: ClosureReason | None = None
    override: OverrideReason | None = None
    transfers: tuple[Transfer, ...] = ()


class OpenPlan(Command):
    """Open the plan of a case."""

    ref: Ref | None = None
    case_ref: CaseRef


class AssignPlan(Command):
    """Give the plan to somebody to work on."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class ReleasePlan(Command):
    """Somebody no longer works on the plan."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class AgreePlan(Command):
    """Record who signed the plan, all at once."""

    signatures: tuple[Signature, ...] = Field(min_length=1, max_length=10)


class BeginPlan(Command):
    """Start the agreed work."""


class ClosePlan(Command):
    """Close the plan, and with it the case."""

    reason: ClosureReason
    person_agrees: bool = False
    override: OverrideReason | None = None
    transfers: tuple[Transfer, ...] = Field(default=(), max_length=20)


class ReopenPlan(Command):
    """Open a closed plan again, on the same case."""

    reason: ReopenReason


class CorrectPlan(Correction):
    """Put right the day on which the plan opened."""

    opened_on: NearDay = left_out()


class VoidPlan(Command):
    """Take back a plan opened in error."""

    reason: VoidReason


_ALWAYS: frozenset[type[Command]] = frozenset({AssignPlan, ReleasePlan, CorrectPlan, VoidPlan})

STATUSES = StatusTable(
    "plan",
    opening=frozenset({OpenPlan}),
    allowed={
        Status.OPENED: _ALWAYS | {AgreePlan, ClosePlan},
        Status.AGREED: _ALWAYS | {AgreePlan, BeginPlan, ClosePlan},
        Status.ACTIVE: _ALWAYS | {AgreePlan, ClosePlan},
        Status.CLOSED: _ALWAYS | {ReopenPlan},
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """Which plan, the day, who acts (nobody, when the case itself opens it), and what stands around the plan."""

    plan_ref: Ref
    day: Day
    child: bool = True
    implicated: frozenset[PersonRef] = frozenset()
    supervisor: bool = False
    by: Worker | None = None
    other_plan: bool = False
    work: Work = field(default_factory=Work)


def signatures_needed(*, child: bool, implicated: bool) -> frozenset[Signatory]:
    """An adult signs alone; for a child a caregiver and social affairs do, and only these where one is implicated."""
    if not child:
        return frozenset({Signatory.PERSON, Signatory.SUPERVISOR})
    needed = frozenset({Signatory.SUPERVISOR, Signatory.SOCIAL_AFFAIRS})
    return needed if implicated else needed | {Signatory.CAREGIVER}


def _open(state: Plan | None, command: OpenPlan, facts: Facts) -> Decided[Plan]:
    if state is not None and state.case_ref == command.case_ref and state.status is not Status.VOIDED:
        return Decided(state)
    STATUSES.check(state and state.status, command)
    if facts.other_plan:
        raise Refused("plan_known")
    plan = Plan(case_ref=command.case_ref, status=Status.OPENED, opened_on=facts.day)
    event = told.PlanOpened(case_ref=plan.case_ref, plan_ref=facts.plan_ref, day=facts.day)
    if facts.by is None:
        return Decided(plan, (event,))
    mine = AssignPlan(staff_ref=facts.by.staff_ref, organisation_ref=facts.by.organisation_ref)
    assigned = _staff(plan, mine, facts)
    return Decided(assigned.state, (event, *assigned.events))


def _staff(state: Plan, command: AssignPlan | ReleasePlan, facts: Facts) -> Decided[Plan]:
    worker = Worker(staff_ref=command.staff_ref, organisation_ref=command.organisation_ref)
    wanted = isinstance(command, AssignPlan)
    if (worker in state.workers) is wanted:
        return Decided(state)
    fact = told.PlanAssigned if wanted else told.PlanReleased
    event = fact(
        case_ref=state.case_ref,
        plan_ref=facts.plan_ref,
        staff_ref=worker.staff_ref,
        organisation_ref=worker.organisation_ref,
        kind="PLAN",
    )
    others = tuple(kept for kept in state.workers if kept != worker)
    return Decided(state.but(workers=(*others, worker) if wanted else others), (event,))


def _agree(state: Plan, command: AgreePlan, facts: Facts) -> Decided[Plan]:
    if command.signatures == state.signatures:
        return Decided(state)
    if not facts.work.goals:
        raise Refused("plan_has_no_goal")
    caregivers = [one.person_ref for one in command.signatures if one.party is Signatory.CAREGIVER]
    if facts.implicated and any(ref is None or ref in facts.implicated for ref in caregivers):
        raise Refused("caregiver_may_not_sign")
    signed = {one.party for one in command.signatures}
    missing = signatures_needed(child=facts.child, implicated=bool(facts.implicated)) - signed
    if missing:
        raise Refused("signature_missing", missing=sorted(missing))
    event = told.PlanAgreed(
        case_ref=state.case_ref,
        plan_ref=facts.plan_ref,
        signatories=tuple(sorted(signed)),
        goals=len(facts.work.goals),
        day=facts.day,
    )
    status = Status.ACTIVE if state.status is Status.ACTIVE else Status.AGREED
    return Decided(state.but(status=status, signatures=command.signatures, agreed_on=facts.day), (event,))


def _overridden(command: ClosePlan, facts: Facts) -> bool:
    """Whether the closure stands only because a supervisor said why not to wait. Refuses where nobody did."""
    closure.check_nothing_open(facts.work)
    if command.reason == closure.NEEDS_TRANSFER and not command.transfers:
        raise Refused("transfer_not_tried")
    if command.reason in closure.NOBODY_LEFT_TO_ASK:
        return False
    unmet = closure.unmet(facts.work, child=facts.child, agrees=command.person_agrees, day=facts.day)
    if unmet and (command.override is None or not facts.supervisor):
        raise Refused("criteria_not_met", unmet=[str(criterion) for criterion in unmet])
    return bool(unmet)


def _close(state: Plan, command: ClosePlan, facts: Facts) -> Decided[Plan]:
    overridden = _overridden(command, facts)
    event = told.PlanClosed(
        case_ref=state.case_ref,
        plan_ref=facts.plan_ref,
        reason=command.reason,
        day=facts.day,
        overridden=overridden,
    )
    closed = state.but(
        status=Status.CLOSED,
        closed_on=facts.day,
        reason=command.reason,
        override=command.override if overridden else None,
        transfers=command.transfers,
    )
    return Decided(closed, (event,))


def _reopen(state: Plan, command: ReopenPlan, facts: Facts) -> Decided[Plan]:
    """What was agreed before the closure is agreed anew: life has changed since."""
    opened = state.but(status=Status.OPENED, closed_on=None, reason=None, override=None, signatures=(), agreed_on=None)
    event = told.PlanReopened(case_ref=state.case_ref, plan_ref=facts.plan_ref, reason=command.reason, day=facts.day)
    return Decided(opened, (event,))


def _correct(state: Plan, command: CorrectPlan, facts: Facts) -> Decided[Plan]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    event = told.PlanCorrected(case_ref=state.case_ref, plan_ref=facts.plan_ref, day=corrected.opened_on)
    return Decided(corrected, (event,))


def decide(state: Plan | None, command: Command, facts: Facts) -> Decided[Plan]:
    """What becomes of a plan."""
    if isinstance(command, OpenPlan):
        return _open(state, command, facts)
    STATUSES.check(state and state.status, command)
    assert state is not None
    match command:
        case AssignPlan() | ReleasePlan():
            return _staff(state, command, facts)
        case AgreePlan():
            return _agree(state, command, facts)
        case BeginPlan():
            begun = told.PlanBegun(case_ref=state.case_ref, plan_ref=facts.plan_ref, day=facts.day)
            return Decided(state.but(status=Status.ACTIVE), (begun,))
        case ClosePlan():
            return _close(state, command, facts)
        case ReopenPlan():
            return _reopen(state, command, facts)
        case CorrectPlan():
            return _correct(state, command, facts)
        case VoidPlan():
            voided = told.PlanVoided(case_ref=state.case_ref, plan_ref=facts.plan_ref, reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:  # pragma: no cover
            raise AssertionError(type(command))
