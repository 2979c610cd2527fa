"""What is kept of a reading by two people, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from shared.clock import Moment
from shared.codes import CodeOf, labelled
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, Model

ReadingReason = Annotated[str, CodeOf("c4_reading_reason")]
WAITS = timedelta(hours=24)
"""How long somebody may answer: what was needed yesterday is asked again."""


@labelled("c4_reading_status")
class Status(StrEnum):
    ASKED = "asked"
    OPEN = "open"
    REFUSED = "refused"
    OVER = "over"


class C4Reading(Model):
    """One person asks to see the places and names of one case, and another one answers. Nobody answers themselves."""

    case_ref: C0[CaseRef]
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    reason: C1[ReadingReason]
    status: C0[Status]
    asked_at: C0[Moment]
    answered_by: C0[StaffRef | None] = None
    until: C0[Moment | None] = None


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command. `waiting`: the same person asked already, of this case."""

    reading_ref: Ref
    case_ref: CaseRef
    by: StaffRef
    organisation_ref: OrganisationRef
    now: datetime
    waiting: bool = False
    voided: bool = False
