"""What may be asked of a plan, and which of it each status allows."""

from pydantic import Field

from services.referrals.plans.state import Signature, Status, Transfer, Worker
from shared.contracts.referrals import ClosureReason, NearDay, OverrideReason, ReopenReason, VoidReason
from shared.ids import CaseRef, Ref
from shared.model import Command, Correction, StatusTable, left_out


class OpenPlan(Command):
    """Open the plan of a case."""

    ref: Ref | None = None
    case_ref: CaseRef


class AssignPlan(Worker, Command):
    """Give the plan to somebody to work on."""


class ReleasePlan(Worker, Command):
    """Somebody no longer works on the plan."""


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


PlanCommand = (
    OpenPlan | AssignPlan | ReleasePlan | AgreePlan | BeginPlan | ClosePlan | ReopenPlan | CorrectPlan | VoidPlan
)

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
