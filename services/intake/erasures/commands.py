"""What may be asked of a request to be forgotten, and which of it each status allows."""

from datetime import date

from services.intake.erasures.state import ErasureGround, Status
from shared.contracts.intake import ErasureOutcome
from shared.ids import PersonRef, Ref
from shared.model import C0, Command, StatusTable


class AskErasure(Command):
    """The person, or who speaks for them, wants to be forgotten, and said so on this day."""

    ref: Ref | None = None
    person_ref: PersonRef
    asked_on: date


class AcknowledgeErasure(Command):
    """The person was told that it was received."""


class DecideErasure(Command):
    """Exactly one outcome, on a ground. What is put off names the day until which; what the law holds, the hold."""

    outcome: ErasureOutcome
    ground: ErasureGround
    until: date | None = None
    hold_ref: Ref | None = None


class LiftHold(Command):
    """The legal hold has ended."""


class ConfirmErasure(Command):
    """A service destroyed what it had. Given by the service itself, on hearing that."""

    service: C0[str]
    subject: C0[str]
    rows: C0[int]
    keys: C0[int]


ErasureCommand = AskErasure | AcknowledgeErasure | DecideErasure | LiftHold | ConfirmErasure

_DECIDED = frozenset({ConfirmErasure})
STATUSES = StatusTable(
    "erasure",
    opening=frozenset({AskErasure}),
    allowed={
        Status.ASKED: frozenset({AcknowledgeErasure, DecideErasure}),
        Status.DEFERRED: frozenset({DecideErasure, LiftHold}),
        Status.REFUSED: frozenset({LiftHold}),
        Status.EXECUTED: _DECIDED,
        Status.PARTLY_EXECUTED: _DECIDED,
    },
    inner=frozenset({ConfirmErasure}),
)
