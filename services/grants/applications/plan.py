"""A business plan: what, where, at what cost, with which risks, and that no child will work for it.

The surprise: amounts and codes stand in clear, since a budget must still add up after an erasure; what the applicant
told in their own words is sealed.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from services.grants.programmes.money import Amount, Positive
from shared.codes import CodeOf
from shared.contracts.grants import Activity, Currency
from shared.contracts.leaves import Count
from shared.model import C1, C3, Given, Narrative

CostKind = Annotated[str, CodeOf("grant_cost_kind")]
Risk = Annotated[str, CodeOf("grant_risk")]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}$")]
"""A code of either country's gazetteer; leading zeros count."""

CalendarMonth = Annotated[int, Field(strict=True, ge=1, le=12)]


class PlanForm(StrEnum):
    """A plan may be told instead of written."""

    WRITTEN = "WRITTEN"
    RECORDED = "RECORDED"
    PICTURES = "PICTURES"


class Cost(Given):
    """Something to be bought with the grant."""

    kind: CostKind
    amount: C1[Positive]


class BusinessPlan(Given):
    """What the applicant means to do. Own work counts as a contribution."""

    form: PlanForm
    activity: Activity
    place: C1[PlaceCode]
    currency: Currency
    costs: Annotated[tuple[Cost, ...], Field(min_length=1, max_length=60)]
    sales_per_month: C1[Amount]
    good_months: Annotated[tuple[CalendarMonth, ...], Field(max_length=12)] = ()
    own_contribution: C1[Amount] = 0
    own_work_days: Count = 0
    risks: Annotated[tuple[Risk, ...], Field(max_length=20)] = ()
    without_child_labour: bool

    @property
    def cost(self) -> int:
        """What the grant is asked to pay, in the plan's currency."""
        return sum(cost.amount for cost in self.costs)


class PlanNotes(Given):
    """The plan in the applicant's words: how they will work, who supplies them, what they fear."""

    words: C3[Narrative]
