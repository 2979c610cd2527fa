"""What may be asked of a best-interests decision, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.screening.best_interests.state import Cause, Member, ObjectionReason, Status, ViewNotGiven
from shared.codes import CodeOf
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C3, Command, Correction, Narrative, StatusTable, left_out


class RequireBestInterests(Command):
    """The child goes to nobody until it is decided. A panel where a parent is implicated or agencies disagree."""

    ref: Ref | None = None
    case_ref: CaseRef
    cause: Cause = "EVERY_CHILD"
    panel: bool = False


class AddPanel(Command):
    """Asked for once more while it is open: a panel that became necessary is added, and never taken away."""

    cause: Cause
    panel: bool = False


class ProposeBestInterests(Command):
    """Name the receiver, the options set aside before it, when to look again, and who is asked to decide so.

    The child's view comes first. A proposer who is a member confirms with this; what others confirmed before is over.
    """

    receiver: ReceiverKind
    person_ref: PersonRef | None = None
    organisation_ref: OrganisationRef | None = None
    members: Annotated[tuple[Member, ...], Field(max_length=15)]
    set_aside: tuple[ReceiverKind, ...] = Field(default=(), max_length=20)
    child_view: C3[Narrative | None] = None
    view_not_given: ViewNotGiven | None = None
    reasons: C3[Narrative]
    exception: C3[Narrative | None] = None
    review_day: date


class ConfirmBestInterests(Command):
    """Decide so, as one of those who were asked: with enough of them it is decided."""


class ObjectBestInterests(Command):
    """Do not decide so, as one of those who were asked. The proposal is over, and somebody proposes anew."""

    reason: ObjectionReason


class WithdrawBestInterests(Command):
    """Nobody is asked any more; somebody proposes anew."""


class SeatPanel(Command):
    """Let those who are asked read what they are asked about, until it is decided or over."""


class ReleasePanelMember(Command):
    """Ask this member no more. What they confirmed counts no longer."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class ReopenBestInterests(Command):
    """Look at it again; meanwhile the child goes to nobody."""

    cause: Cause
    panel: bool = False


class CorrectBestInterests(Correction):
    """Put the day of the next look right. Those who decide confirm it anew; meanwhile the child goes to nobody."""

    review_day: date = left_out()


class VoidBestInterests(Command):
    """Entered in error."""

    reason: Annotated[str, CodeOf("void_reason")]


BestInterestsCommand = (
    RequireBestInterests
    | AddPanel
    | ProposeBestInterests
    | ConfirmBestInterests
    | ObjectBestInterests
    | WithdrawBestInterests
    | SeatPanel
    | ReleasePanelMember
    | ReopenBestInterests
    | CorrectBestInterests
    | VoidBestInterests
)

STATUSES = StatusTable(
    "best_interests",
    opening=frozenset({RequireBestInterests}),
    allowed={
        Status.REQUIRED: frozenset({AddPanel, ProposeBestInterests, VoidBestInterests}),
        Status.PROPOSED: frozenset(
            {
                AddPanel,
                ProposeBestInterests,
                ConfirmBestInterests,
                ObjectBestInterests,
                WithdrawBestInterests,
                SeatPanel,
                ReleasePanelMember,
                CorrectBestInterests,
                VoidBestInterests,
            }
        ),
        Status.DECIDED: frozenset({ReopenBestInterests, CorrectBestInterests, VoidBestInterests}),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({AddPanel}),
)
