"""What is kept of a programme: how much it may give, to whom in what parts, and how much of its budget is free."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from services.grants.programmes.money import Amount, Budget, Positive, Rate
from shared.codes import CodeOf, labelled
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, Given, Model, Name

ServiceCode = Annotated[str, CodeOf("service")]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Months = Annotated[int, Field(strict=True, ge=0, le=24)]


@labelled("programme_status")
class Status(StrEnum):
    """Whether the programme approves grants."""

    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"


class Terms(Given):
    """What the programme asks for; the defaults are the field's usual ones."""

    shares: C0[Annotated[tuple[Percent, ...], Field(min_length=1, max_length=6)]] = (60, 40)
    evidence_percent: C0[Percent] = 80
    quorum: C0[Annotated[int, Field(strict=True, ge=3, le=15)]] = 3
    small_quorum: C0[Annotated[int, Field(strict=True, ge=2, le=15)]] = 2
    small_limit: C1[Amount] = 0
    ceiling: C1[Positive]
    tolerance: C1[Amount] = 0
    training: C0[tuple[ServiceCode, ...]] = Field(default=("SKL-FIN",), max_length=20)
    completion_months: C0[Months] = 6

    @model_validator(mode="after")
    def _whole(self) -> "Terms":
        if sum(self.shares) != 100:
            raise ValueError("the shares do not add up to a whole")
        return self

    def quorum_for(self, amount: int) -> int:
        """How many people must vote: small sums need fewer, never one alone."""
        return self.small_quorum if amount <= self.small_limit else self.quorum


class Programme(Model):
    """A budget with its terms. What is free is the budget less all that is reserved, committed and spent."""

    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    opened_by: C0[StaffRef]
    name: C1[Name]
    currency: C0[Currency]
    rate: C0[Rate | None] = None
    budget: C1[Budget]
    reserved: C1[Budget] = 0
    committed: C1[Budget] = 0
    spent: C1[Budget] = 0
    terms: C1[Terms]
    opened_on: C0[Day]
    closed_on: C0[Day | None] = None

    @property
    def bound(self) -> int:
        """What is no longer free."""
        return self.reserved + self.committed + self.spent

    @property
    def free(self) -> int:
        """What may still be approved."""
        return self.budget - self.bound


@dataclass(frozen=True)
class Facts:
    """Which programme, who acts for whom, and the day."""

    programme_ref: Ref
    actor: StaffRef
    organisation: OrganisationRef
    day: Day
