"""A small business, as those who visit find it: planned, operating, struggling, ceased.

The surprise: that a business has ceased is a fact, never a fault, and nothing follows from it but a conversation.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.grants.applications.duties import Act, act_of
from services.grants.applications.plan import PlaceCode
from services.grants.programmes.domain import CorrectionReason
from shared.codes import CodeOf
from shared.contracts import grants as told
from shared.contracts.grants import Activity, BusinessState, CessationReason, VoidReason
from shared.contracts.leaves import Day
from shared.errors import Refused
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C1, C3, Command, Correction, Decided, Given, Model, Narrative, StatusTable, left_out

Finding = Annotated[str, CodeOf("grant_finding")]
Findings = Annotated[tuple[Finding, ...], Field(max_length=20)]


class Status(StrEnum):
    """How the business was found last."""

    PLANNED = "planned"
    OPERATING = "operating"
    STRUGGLING = "struggling"
    CEASED = "ceased"
    VOIDED = "voided"


class Check(Model):
    """One visit: what was seen. What was said is sealed beside it."""

    check_ref: Ref
    state: BusinessState
    findings: Findings
    day: Day
    visitor: StaffRef


class Business(Model):
    """What a grant began."""

    status: Status
    case_ref: CaseRef
    application_ref: Ref
    activity: Activity
    place: C1[PlaceCode]
    checks: Annotated[tuple[Check, ...], Field(max_length=200)] = ()
    ceased_on: Day | None = None
    cessation: CessationReason | None = None
    last: C1[Act | None] = None

    @property
    def visited_on(self) -> Day | None:
        """The day of the latest visit."""
        return max((check.day for check in self.checks), default=None)

    def proven(self, began: Day, months: int) -> bool:
        """Did a visit so many months later find it operating, or did the person choose better income?"""
        if self.cessation == "BETTER_INCOME":
            return True
        late = months_after(began, months)
        return any(check.day >= late and check.state is BusinessState.OPERATING for check in self.checks)


class Visit(Model):
    """The row beside which the words of one visit are sealed."""

    case_ref: CaseRef
    business_ref: Ref


class VisitNotes(Given):
    """What the family said about the business, its income and its worries."""

    words: C3[Narrative]


class CheckBusiness(Command):
    """Record a visit, under the visitor's own ref."""

    check_ref: Ref
    state: BusinessState
    findings: Findings = ()
    notes: C3[VisitNotes | None] = None


class CeaseBusiness(Command):
    """Record that it has ended, and why."""

    reason: CessationReason


class CorrectBusiness(Correction):
    """Put right what it does or where."""

    reason: CorrectionReason
    activity: Activity = left_out()
    place: C1[PlaceCode] = left_out()


class VoidBusiness(Command):
    """Take back a business entered in error."""

    reason: VoidReason


_LIVING = frozenset[type[Command]]({CheckBusiness, CeaseBusiness, CorrectBusiness, VoidBusiness})

STATUSES = StatusTable(
    "business",
    opening=frozenset(),
    allowed={
        Status.PLANNED: _LIVING,
        Status.OPERATING: _LIVING,
        Status.STRUGGLING: _LIVING,
        Status.CEASED: frozenset({CorrectBusiness}),
        Status.VOIDED: frozenset(),
    },
)


def months_after(day: Day, months: int) -> Day:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


@dataclass(frozen=True)
class Facts:
    """Which business, who acts, and the day."""

    business_ref: Ref
    actor: StaffRef
    day: Day


def _tags(state: Business, facts: Facts) -> dict[str, Any]:
    return {
        "case_ref": state.case_ref,
        "application_ref": state.application_ref,
        "business_ref": facts.business_ref,
    }


def plan(case_ref: CaseRef, application_ref: Ref, activity: Activity, place: str, facts: Facts) -> Decided[Business]:
    """The agreement is signed; a business is to begin."""
    planned = Business(
        status=Status.PLANNED, case_ref=case_ref, application_ref=application_ref, activity=activity, place=place
    )
    return Decided(planned, (told.BusinessPlanned(**_tags(planned, facts), activity=activity),))


def _check(state: Business, command: CheckBusiness, facts: Facts) -> Decided[Business]:
    seen = Check(
        check_ref=command.check_ref,
        state=command.state,
        findings=command.findings,
        day=facts.day,
        visitor=facts.actor,
    )
    if seen in state.checks:
        return Decided(state)
    if any(check.check_ref == seen.check_ref for check in state.checks):
        raise Refused("check_ref_used")
    STATUSES.check(state.status, command)
    checks = (*state.checks, seen)
    latest = max(checks, key=lambda check: check.day)
    status = Status.OPERATING if latest.state is BusinessState.OPERATING else Status.STRUGGLING
    event = told.BusinessChecked(**_tags(state, facts), check_ref=seen.check_ref, state=command.state, day=facts.day)
    return Decided(state.but(status=status, checks=checks), (event,))


def decide(state: Business | None, command: Command, facts: Facts) -> Decided[Business]:
    """What becomes of a business."""
    if isinstance(command, CheckBusiness) and state is not None:
        return _check(state, command, facts)
    act = act_of(facts.actor, command)
    if state is not None and state.last == act:
        return Decided(state)
    STATUSES.check(state and state.status, command)
    assert state is not None
    tags = _tags(state, facts)
    match command:
        case CeaseBusiness():
            ceased = state.but(status=Status.CEASED, ceased_on=facts.day, cessation=command.reason, last=act)
            return Decided(ceased, (told.BusinessCeased(**tags, reason=command.reason, day=facts.day),))
        case CorrectBusiness():
            corrected = command.applied_to(state)
            event = told.BusinessCorrected(**tags, activity=corrected.activity)
            return Decided(state) if corrected == state else Decided(corrected.but(last=act), (event,))
        case VoidBusiness():
            voided = state.but(status=Status.VOIDED, last=act)
            return Decided(voided, (told.BusinessVoided(**tags, reason=command.reason),))
        case _:  # pragma: no cover
            raise AssertionError(type(command))
