"""What may be asked of a broken glass, and which of it each status allows."""

from services.intake.glass.state import GlassOutcome, GlassReason, Status
from shared.ids import Ref
from shared.model import C3, Command, Narrative, StatusTable


class BreakGlass(Command):
    """See who and where the person of a case is, for an hour, because of a danger. It is told, and reviewed."""

    ref: Ref | None = None
    reason: GlassReason
    words: C3[Narrative]


class CloseGlass(Command):
    """The hour is over. Given by the deadline, not by a client."""


class ReviewGlass(Command):
    """Somebody else looked at it. What is still open ends with that."""

    outcome: GlassOutcome


GlassCommand = BreakGlass | CloseGlass | ReviewGlass

STATUSES = StatusTable(
    "glass",
    opening=frozenset({BreakGlass}),
    allowed={
        Status.OPEN: frozenset({CloseGlass, ReviewGlass}),
        Status.OVER: frozenset({CloseGlass, ReviewGlass}),
        Status.REVIEWED: frozenset({CloseGlass}),
    },
    inner=frozenset({CloseGlass}),
)
