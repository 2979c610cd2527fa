"""What may be asked of a finding of a body of state, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from services.screening.determinations.state import Outcome
from services.screening.official_findings.state import Status
from shared.codes import CodeOf
from shared.contracts.screening import Body
from shared.ids import Ref
from shared.model import C0, C3, Command, Correction, Narrative, StatusTable, left_out

_SYMBOL = "[2-9A-HJ-NP-Z]"
CaseNumber = Annotated[str, StringConstraints(pattern=f"^{_SYMBOL}{{3}}-{_SYMBOL}{{3}}-{_SYMBOL}{{4}}$")]


class RecordFinding(Command):
    """A body of state found something about the case of this number, alone and by its own means."""

    ref: Ref | None = None
    case_number: C0[CaseNumber]
    body: Body
    outcome: C3[Outcome]
    words: C3[Narrative | None] = None


class CorrectFinding(Correction):
    """Put right what was found, why, or on which day."""

    outcome: C3[Outcome] = left_out()
    words: C3[Narrative | None] = left_out()
    found_on: date = left_out()


class VoidFinding(Command):
    """Entered in error."""

    reason: Annotated[str, CodeOf("void_reason")]


OfficialCommand = RecordFinding | CorrectFinding | VoidFinding

STATUSES = StatusTable(
    "official_finding",
    opening=frozenset({RecordFinding}),
    allowed={
        Status.RECORDED: frozenset({CorrectFinding, VoidFinding}),
        Status.VOIDED: frozenset(),
    },
)
