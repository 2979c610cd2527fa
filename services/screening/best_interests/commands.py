"""What may be asked of a best-interests decision."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.screening.best_interests.state import Cause, Member, ViewNotGiven
from shared.clock import Moment
from shared.codes import CodeOf
from shared.contracts.screening import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref
from shared.model import C3, Command, Correction, Narrative, left_out


class RequireBestInterests(Command):
    """The child goes to nobody until it is decided. A panel where a parent is implicated or agencies disagree."""

    effective_at: Moment | None = None
    ref: Ref | None = None
    case_ref: CaseRef
    cause: Cause = "EVERY_CHILD"
    panel: bool = False


class DecideBestInterests(Command):
    """Name the receiver, the options set aside before it, and when to look again. The child's view comes first."""

    effective_at: Moment | None = None
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

    effective_at: Moment | None = None
    cause: Cause
    panel: bool = False


class CorrectBestInterests(Correction):
    """Put the day of the next look right."""

    review_day: date = left_out()


class VoidBestInterests(Command):
    """Entered in error."""

    reason: Annotated[str, CodeOf("void_reason")]
