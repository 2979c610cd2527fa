"""What may be asked of a case, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.intake.cases.detention import Detention
from services.intake.cases.state import Status, Worker
from services.intake.persons.state import ExternalReference
from shared.codes import CodeOf
from shared.contracts.leaves import Country
from shared.given import GivenMonth
from shared.ids import HandoverRef, HouseholdRef, LineRef, PersonRef, Ref
from shared.model import C1, Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class OpenCase(Command):
    """Somebody came home."""

    ref: Ref | None = None
    person_ref: PersonRef
    country: Country
    handover_ref: HandoverRef | None = None
    line_ref: LineRef | None = None
    detentions: C1[tuple[Detention, ...]] = Field(default=(), max_length=50)
    external_references: tuple[ExternalReference, ...] = Field(default=(), max_length=20)


class AssignCase(Worker, Command):
    """Give the case to somebody."""


class ReleaseCase(Worker, Command):
    """Somebody no longer works on it."""


class EvaluateAge(Command):
    """Was the person a child in these months, and are they on that day?"""

    first_month: GivenMonth | None = None
    last_month: GivenMonth | None = None


class JoinHousehold(Command):
    """The person belongs to a household now, or to none. Given by the household, not by a client."""

    household_ref: HouseholdRef | None
    implicated: tuple[PersonRef, ...] = Field(default=(), max_length=20)


class CloseCase(Command):
    """The plan was closed."""


class ReopenCase(Command):
    """There is work to do again."""


class CorrectCase(Correction):
    """Put details right."""

    country: Country = left_out()
    opened: date = left_out()
    handover_ref: HandoverRef | None = left_out()
    detentions: C1[tuple[Detention, ...]] = left_out(most=50)
    external_references: tuple[ExternalReference, ...] = left_out(most=20)


class VoidCase(Command):
    """Entered in error."""

    reason: VoidReason


CaseCommand = (
    OpenCase | AssignCase | ReleaseCase | EvaluateAge | JoinHousehold | CloseCase | ReopenCase | CorrectCase | VoidCase
)

STATUSES = StatusTable(
    "case",
    opening=frozenset({OpenCase}),
    allowed={
        Status.OPEN: frozenset({AssignCase, ReleaseCase, EvaluateAge, JoinHousehold, CloseCase, CorrectCase, VoidCase}),
        Status.CLOSED: frozenset(
            {AssignCase, ReleaseCase, EvaluateAge, JoinHousehold, ReopenCase, CorrectCase, VoidCase}
        ),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({CloseCase, JoinHousehold}),
)
