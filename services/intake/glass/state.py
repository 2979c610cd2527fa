"""What is kept of a broken glass, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from shared.clock import Moment
from shared.codes import CodeOf, labelled
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, C3, Model, Narrative

GlassReason = Annotated[str, CodeOf("glass_reason")]
GlassOutcome = Annotated[str, CodeOf("glass_outcome")]
REVIEW_DAYS = 3
MOST_UNREVIEWED = 3
"""With so many that nobody reviewed yet, a person breaks no other."""
FRESH = timedelta(minutes=10)
"""How long ago a second factor may have been shown."""


@labelled("glass_status")
class Status(StrEnum):
    OPEN = "open"
    OVER = "over"
    REVIEWED = "reviewed"


class GlassWords(Model):
    """Why, in the words of who broke it."""

    text: C3[Narrative]


class Glass(Model):
    """One person looks at one case for an hour, and somebody else looks at that by the end of a working day."""

    case_ref: C0[CaseRef]
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    reason: C1[GlassReason]
    status: C0[Status]
    until: C0[Moment]
    review_by: C0[date]
    outcome: C0[GlassOutcome | None] = None
    reviewed_by: C0[StaffRef | None] = None


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command. `unended` are those of the same person, of the same case."""

    glass_ref: Ref
    case_ref: CaseRef
    by: StaffRef
    organisation_ref: OrganisationRef
    now: datetime
    today: date
    factor_at: datetime | None = None
    unended: tuple[tuple[Ref, Glass], ...] = ()
    unreviewed: int = 0
    voided: bool = False
