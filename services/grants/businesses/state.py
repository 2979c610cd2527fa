"""What is kept of a small business: how those who visited found it, and when and why it ended."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.grants.applications.duties import Act
from services.grants.applications.state import PlaceCode
from shared.codes import CodeOf, labelled
from shared.contracts.grants import Activity, BusinessState, CessationReason
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C0, C1, C3, Given, Model, Narrative

Finding = Annotated[str, CodeOf("grant_finding")]
Findings = Annotated[tuple[Finding, ...], Field(max_length=20)]


@labelled("business_status")
class Status(StrEnum):
    """How the business was found last."""

    PLANNED = "planned"
    OPERATING = "operating"
    STRUGGLING = "struggling"
    CEASED = "ceased"
    VOIDED = "voided"


class Check(Model):
    """One visit: what was seen. What was said is sealed beside it."""

    check_ref: C0[Ref]
    state: C0[BusinessState]
    findings: C1[Findings]
    day: C0[Day]
    visitor: C0[StaffRef]


class Business(Model):
    """What a grant began."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    application_ref: C0[Ref]
    activity: C0[Activity]
    place: C1[PlaceCode]
    checks: C1[Annotated[tuple[Check, ...], Field(max_length=200)]] = ()
    ceased_on: C0[Day | None] = None
    cessation: C0[CessationReason | None] = None
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
    """The row of one visit, under the visitor's own ref; the words are sealed in it."""

    case_ref: C0[CaseRef]
    business_ref: C0[Ref]


class VisitNotes(Given):
    """What the family said about the business, its income and its worries."""

    words: C3[Narrative]


def months_after(day: Day, months: int) -> Day:
    """The same day so many months later; the last of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


@dataclass(frozen=True)
class Facts:
    """Which business, who acts, the day, and the day of the agreement that it began with."""

    business_ref: Ref
    actor: StaffRef
    day: Day
    signed_on: Day | None = None


def tags(state: Business, facts: Facts) -> dict[str, Any]:
    """What every fact of a business names."""
    return {
        "case_ref": state.case_ref,
        "application_ref": state.application_ref,
        "business_ref": facts.business_ref,
    }
