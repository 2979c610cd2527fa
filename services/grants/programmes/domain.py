"""A programme: how much it may give, to whom in what parts, and how much of its budget is free.

The surprise: reserving, committing, spending and releasing are no commands. They happen inside the application's or the
instalment's own write, under the lock of the programme, so that budget and grant can never disagree.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from services.grants.programmes.money import Amount, Budget, Positive, Rate, band
from shared.codes import CodeOf
from shared.contracts import grants as told
from shared.contracts.grants import Currency, VoidReason
from shared.contracts.leaves import Day
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C1, Command, Correction, Decided, Event, Given, Model, Name, StatusTable, left_out

CorrectionReason = Annotated[str, CodeOf("correction_reason")]
ServiceCode = Annotated[str, CodeOf("service")]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Months = Annotated[int, Field(strict=True, ge=0, le=24)]


class Status(StrEnum):
    """Whether the programme approves grants."""

    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"


class Terms(Given):
    """What the programme asks for; the defaults are the field's usual ones."""

    shares: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=6)] = (60, 40)
    evidence_percent: Percent = 80
    quorum: Annotated[int, Field(strict=True, ge=3, le=15)] = 3
    small_quorum: Annotated[int, Field(strict=True, ge=2, le=15)] = 2
    small_limit: C1[Amount] = 0
    ceiling: C1[Positive]
    tolerance: C1[Amount] = 0
    training: tuple[ServiceCode, ...] = Field(default=("SKL-FIN",), max_length=20)
    completion_months: Months = 6

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

    status: Status
    organisation_ref: OrganisationRef
    opened_by: StaffRef
    name: C1[Name]
    currency: Currency
    rate: Rate | None = None
    budget: C1[Budget]
    reserved: C1[Budget] = 0
    committed: C1[Budget] = 0
    spent: C1[Budget] = 0
    terms: Terms
    opened_on: Day
    closed_on: Day | None = None

    @property
    def bound(self) -> int:
        """What is no longer free."""
        return self.reserved + self.committed + self.spent

    @property
    def free(self) -> int:
        """What may still be approved."""
        return self.budget - self.bound


class OpenProgramme(Command):
    """Open a programme with its budget. A budget in riel or dong names the rate by which its bands are told."""

    ref: Ref | None = None
    name: C1[Name]
    currency: Currency
    rate: Rate | None = None
    budget: C1[Budget]
    terms: Terms


class CorrectProgramme(Correction):
    """Put right the name, the budget or the terms, or record that the funder changed them."""

    reason: CorrectionReason
    name: C1[Name] = left_out()
    budget: C1[Budget] = left_out()
    terms: Terms = left_out()


class CloseProgramme(Command):
    """Approve nothing more."""


class VoidProgramme(Command):
    """Take back a programme entered in error, before any of its money moved."""

    reason: VoidReason


STATUSES = StatusTable(
    "programme",
    opening=frozenset({OpenProgramme}),
    allowed={
        Status.OPEN: frozenset({CorrectProgramme, CloseProgramme, VoidProgramme}),
        Status.CLOSED: frozenset({CorrectProgramme}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """Which programme, who acts for whom, and the day."""

    programme_ref: Ref
    actor: StaffRef
    organisation: OrganisationRef
    day: Day


def _open(state: Programme | None, command: OpenProgramme, facts: Facts) -> Decided[Programme]:
    opened = Programme(
        status=Status.OPEN,
        organisation_ref=facts.organisation,
        opened_by=facts.actor,
        name=command.name,
        currency=command.currency,
        rate=command.rate,
        budget=command.budget,
        terms=command.terms,
        opened_on=facts.day,
    )
    if state == opened:
        return Decided(opened)
    STATUSES.check(state and state.status, command)
    band(0, command.currency, command.rate)
    event = told.ProgrammeOpened(
        programme_ref=facts.programme_ref,
        organisation_ref=facts.organisation,
        currency=command.currency,
        day=facts.day,
    )
    return Decided(opened, (event,))


def _correct(state: Programme, command: CorrectProgramme, facts: Facts) -> Decided[Programme]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    if corrected.free < 0:
        raise Refused("budget_below_what_is_bound")
    return Decided(corrected, (told.ProgrammeCorrected(programme_ref=facts.programme_ref),))


def _void(state: Programme, command: VoidProgramme, facts: Facts) -> Decided[Programme]:
    if state.bound:
        raise Refused("money_has_moved")
    event = told.ProgrammeVoided(programme_ref=facts.programme_ref, reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (event,))


def decide(state: Programme | None, command: Command, facts: Facts) -> Decided[Programme]:
    """What becomes of a programme."""
    if isinstance(command, OpenProgramme):
        return _open(state, command, facts)
    if isinstance(command, CloseProgramme) and state and state.status is Status.CLOSED:
        return Decided(state)
    STATUSES.check(state and state.status, command)
    assert state is not None
    match command:
        case CorrectProgramme():
            return _correct(state, command, facts)
        case CloseProgramme():
            event = told.ProgrammeClosed(programme_ref=facts.programme_ref, day=facts.day)
            return Decided(state.but(status=Status.CLOSED, closed_on=facts.day), (event,))
        case VoidProgramme():
            return _void(state, command, facts)
        case _:  # pragma: no cover
            raise AssertionError(type(command))


@dataclass(frozen=True)
class Movement:
    """So much money of one programme, for one application."""

    programme_ref: Ref
    application_ref: Ref
    amount: int

    def told(self, programme: Programme, fact: type[told.FundsFact]) -> tuple[Event, ...]:
        """The fact of the movement, with a band instead of the amount."""
        money_band = band(self.amount, programme.currency, programme.rate)
        return (fact(programme_ref=self.programme_ref, application_ref=self.application_ref, money_band=money_band),)


def reserve(state: Programme, movement: Movement) -> Decided[Programme]:
    """Set money aside at the approval. The approved sum never exceeds what is free."""
    if state.status is not Status.OPEN:
        raise Refused("programme_not_open")
    if movement.amount > state.terms.ceiling:
        raise Refused("over_the_ceiling")
    if movement.amount > state.free:
        raise Refused("budget_exceeded")
    reserved = state.but(reserved=state.reserved + movement.amount)
    return Decided(reserved, movement.told(state, told.FundsReserved))


def commit(state: Programme, movement: Movement) -> Decided[Programme]:
    """Promise reserved money when the agreement is signed."""
    moved = state.but(reserved=state.reserved - movement.amount, committed=state.committed + movement.amount)
    return Decided(moved, movement.told(state, told.FundsCommitted))


def spend(state: Programme, movement: Movement) -> Decided[Programme]:
    """Hand over committed money."""
    moved = state.but(committed=state.committed - movement.amount, spent=state.spent + movement.amount)
    return Decided(moved, movement.told(state, told.FundsSpent))


def unreserve(state: Programme, movement: Movement) -> Decided[Programme]:
    """Free reserved money again."""
    freed = state.but(reserved=state.reserved - movement.amount)
    return Decided(freed, movement.told(state, told.FundsReleased))


def uncommit(state: Programme, movement: Movement) -> Decided[Programme]:
    """Free promised money again."""
    freed = state.but(committed=state.committed - movement.amount)
    return Decided(freed, movement.told(state, told.FundsReleased))
