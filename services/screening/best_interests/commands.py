"""What may be asked of a best-interests decision, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.screening.best_interests.state import Cause, Member, Status, ViewNotGiven
from shared.codes import CodeOf
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref
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


class DecideBestInterests(Command):
    """Name the receiver, the options set aside before it, and when to look again. The child's view comes first."""

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


class ReopenBestInterests(Command):
    """Look at it again; meanwhile the child goes to nobody."""

    cause: Cause
    panel: bool = False


class CorrectBestInterests(Correction):
    """Put the day of the next look right."""

    review_day: date = left_out()


class VoidBestInterests(Command):
    """Entered in error."""

    reason: Annotated[str, CodeOf("void_reason")]


BestInterestsCommand = (
    RequireBestInterests
    | AddPanel
    | DecideBestInterests
    | ReopenBestInterests
    | CorrectBestInterests
    | VoidBestInterests
)

STATUSES = StatusTable(
    "best_interests",
    opening=frozenset({RequireBestInterests}),
    allowed={
        Status.REQUIRED: frozenset({AddPanel, DecideBestInterests, VoidBestInterests}),
        Status.DECIDED: frozenset({ReopenBestInterests, CorrectBestInterests, VoidBestInterests}),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({AddPanel}),
)
