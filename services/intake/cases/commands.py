"""What may be asked of a case, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.intake.cases.detention import Detention
from services.intake.cases.state import ConflictReason, Status, Working
from services.intake.persons.state import ExternalReference
from shared.codes import CodeOf
from shared.contracts.leaves import Country
from shared.given import GivenMonth
from shared.ids import HandoverRef, HouseholdRef, LineRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C1, Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
TransferReason = Annotated[str, CodeOf("transfer_reason")]


class OpenCase(Command):
    """Somebody came home."""

    ref: Ref | None = None
    person_ref: PersonRef
    country: Country
    handover_ref: HandoverRef | None = None
    line_ref: LineRef | None = None
    detentions: C1[tuple[Detention, ...]] = Field(default=(), max_length=50)
    external_references: tuple[ExternalReference, ...] = Field(default=(), max_length=20)


class AssignCase(Working, Command):
    """Give the case to somebody."""


class ReleaseCase(Working, Command):
    """Somebody no longer works on it, or leaves it themselves."""


class LetIn(Working, Command):
    """The holder granted somebody of another organisation access. Given by the access request, not by a client."""

    until: date


class EndAccess(Command):
    """The last day of somebody's access is over. Given by the deadline, not by a client."""


class DeclareConflict(Command):
    """Say that somebody is named in the case, or near to somebody who is. Nothing of it is open to them from now on."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    reason: ConflictReason


class AskConflictEnd(Command):
    """Ask another supervisor of the holder to find that somebody has no such interest."""

    staff_ref: StaffRef


class EndConflict(Command):
    """Find so, as the second person."""

    staff_ref: StaffRef


class EndTeam(Command):
    """A month after the case was closed nobody works on it any more. Given by the deadline, not by a client."""


class OfferTransfer(Command):
    """Ask another organisation to hold the case from now on."""

    organisation_ref: OrganisationRef
    reason: TransferReason


class AcceptTransfer(Command):
    """Hold it from now on: who accepts is its team, and the team before is released."""


class DeclineTransfer(Command):
    """Not take it; the case stays where it is."""


class WithdrawTransfer(Command):
    """Offer it no longer."""


class InformBody(Command):
    """Tell a body of state of the case: it may record a finding of its own by its number, and sees nothing else."""

    organisation_ref: OrganisationRef


class EndInforming(Command):
    """That body records nothing more. What it recorded stays."""

    organisation_ref: OrganisationRef


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
    OpenCase
    | AssignCase
    | ReleaseCase
    | LetIn
    | EndAccess
    | EndTeam
    | DeclareConflict
    | AskConflictEnd
    | EndConflict
    | OfferTransfer
    | AcceptTransfer
    | DeclineTransfer
    | WithdrawTransfer
    | InformBody
    | EndInforming
    | EvaluateAge
    | JoinHousehold
    | CloseCase
    | ReopenCase
    | CorrectCase
    | VoidCase
)

_ALWAYS: frozenset[type[Command]] = frozenset(
    {
        AssignCase,
        ReleaseCase,
        LetIn,
        EndAccess,
        EndTeam,
        DeclareConflict,
        AskConflictEnd,
        EndConflict,
        AcceptTransfer,
        DeclineTransfer,
        WithdrawTransfer,
        EndInforming,
        EvaluateAge,
        JoinHousehold,
        CorrectCase,
        VoidCase,
    }
)

STATUSES = StatusTable(
    "case",
    opening=frozenset({OpenCase}),
    allowed={
        Status.OPEN: _ALWAYS | {CloseCase, OfferTransfer, InformBody},
        Status.CLOSED: _ALWAYS | {ReopenCase},
        Status.VOIDED: frozenset({EndAccess, EndTeam, DeclareConflict, AskConflictEnd, EndConflict, JoinHousehold}),
    },
    inner=frozenset({CloseCase, JoinHousehold, LetIn, EndAccess, EndTeam}),
)
