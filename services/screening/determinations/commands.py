"""What may be asked of a determination, and which of it each status allows."""

from datetime import date
from typing import Annotated

from services.screening.determinations.state import DecisionReason, Outcome, Status
from shared.codes import CodeOf
from shared.contracts.screening import AmendmentReason, Body
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C3, Command, Correction, Model, Narrative, StatusTable, left_out


class SuggestDetermination(Command):
    """Let the rules suggest a finding to a body that will decide."""

    ref: Ref | None = None
    case_ref: CaseRef
    interview_ref: Ref
    body: Body = "NGO"


class AssignDetermination(Command):
    """Let somebody take part in deciding, so that they may read what it rests on."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class ReassessDetermination(Command):
    """Let the rules suggest again, from what is known now."""


class _Decision(Model):
    outcome: C3[Outcome]
    reason: C3[DecisionReason]
    words: C3[Narrative | None] = None


class MakeDetermination(_Decision, Command):
    """A named person decides. Departing from the suggestion needs words."""


class AmendDetermination(_Decision, Command):
    """A named person decides again after a review."""


class ConfirmDetermination(Command):
    """A second person agrees to what was proposed."""

    words: C3[Narrative | None] = None


class RejectDetermination(Command):
    """A second person does not agree; somebody decides anew."""

    words: C3[Narrative]


class ReviewDetermination(Command):
    """Look at it again, because the person asks or because something new is known."""

    reason: AmendmentReason


class CorrectDetermination(Correction):
    """Put the day of the decision right."""

    decided_on: date = left_out()


class VoidDetermination(Command):
    """Entered in error."""

    reason: Annotated[str, CodeOf("void_reason")]


DeterminationCommand = (
    SuggestDetermination
    | AssignDetermination
    | ReassessDetermination
    | MakeDetermination
    | AmendDetermination
    | ConfirmDetermination
    | RejectDetermination
    | ReviewDetermination
    | CorrectDetermination
    | VoidDetermination
)

_DECIDING: frozenset[type[Command]] = frozenset(
    {AssignDetermination, ReassessDetermination, ConfirmDetermination, RejectDetermination, VoidDetermination}
)
_STANDING: frozenset[type[Command]] = frozenset(
    {AssignDetermination, ReviewDetermination, CorrectDetermination, VoidDetermination}
)

STATUSES = StatusTable(
    "determination",
    opening=frozenset({SuggestDetermination}),
    allowed={
        Status.SUGGESTED: _DECIDING | {MakeDetermination},
        Status.DETERMINED: _STANDING,
        Status.UNDER_REVIEW: _DECIDING | {AmendDetermination},
        Status.AMENDED: _STANDING,
        Status.VOIDED: frozenset(),
    },
    withheld={
        **dict.fromkeys((MakeDetermination, AmendDetermination), lambda row: row["proposed_by"] is not None),
        **dict.fromkeys((ConfirmDetermination, RejectDetermination), lambda row: row["proposed_by"] is None),
    },
)
