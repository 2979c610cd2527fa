"""What may be asked of a proposal, and which of it each status allows."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.referrals.organisations.state import OfferedService
from services.referrals.proposals.state import Status
from shared.codes import labelled
from shared.contracts.leaves import Country
from shared.contracts.referrals import DeclineReason, OrganisationKind, PauseReason, VoidReason
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, Command, Name, StatusTable, left_out


@labelled("proposed_standing")
class Standing(StrEnum):
    """What is to become of an organisation that stands in the directory."""

    SUSPEND = "SUSPEND"
    REINSTATE = "REINSTATE"
    CLOSE = "CLOSE"
    VOID = "VOID"


class ProposeRegistration(Command):
    """Propose to register an organisation of a kind with authority, under the ref that its people's tokens name."""

    ref: Ref | None = None
    organisation_ref: OrganisationRef
    kind: OrganisationKind
    name: C0[Name]
    alternate_name: C0[Name] | None = None
    country: Country = "KH"
    services: tuple[OfferedService, ...] = Field(default=(), max_length=60)


class ProposeCorrection(Command):
    """Propose to put right what the directory says of a body of state, or that an organisation is one.

    What is left out stays; null empties the other name. It corrects nothing itself.
    """

    ref: Ref | None = None
    organisation_ref: OrganisationRef
    kind: OrganisationKind = left_out()
    name: C0[Name] = left_out()
    alternate_name: C0[Name] | None = left_out()
    country: Country = left_out()
    services: Annotated[tuple[OfferedService, ...], Field(max_length=60)] = left_out()


class ProposeStanding(Command):
    """Propose to suspend a body of state, to end that, to close it, or to take back an entry made in error."""

    ref: Ref | None = None
    organisation_ref: OrganisationRef
    standing: Standing
    pause_reason: PauseReason | None = None
    void_reason: VoidReason | None = None


class ProposeAppointment(Command):
    """Propose somebody as a directory steward, under the ref that their token names."""

    ref: Ref | None = None
    organisation_ref: OrganisationRef
    staff_ref: StaffRef
    name: C1[Name]


class ProposeRemoval(Command):
    """Propose that a directory steward no longer is one."""

    ref: Ref | None = None
    staff_ref: StaffRef


class ConfirmProposal(Command):
    """A second steward agrees: it holds from now on."""


class DeclineProposal(Command):
    """A second steward does not agree."""

    reason: DeclineReason


class WithdrawProposal(Command):
    """Whoever proposed it takes it back."""


Proposing = ProposeRegistration | ProposeCorrection | ProposeStanding | ProposeAppointment | ProposeRemoval
ProposalCommand = Proposing | ConfirmProposal | DeclineProposal | WithdrawProposal

STATUSES = StatusTable(
    "proposal",
    opening=frozenset({ProposeRegistration, ProposeCorrection, ProposeStanding, ProposeAppointment, ProposeRemoval}),
    allowed={
        Status.PROPOSED: frozenset({ConfirmProposal, DeclineProposal, WithdrawProposal}),
        Status.CONFIRMED: frozenset(),
        Status.DECLINED: frozenset(),
        Status.WITHDRAWN: frozenset(),
    },
)
