"""What may be asked of a reading by two people, and which of it each status allows."""

from services.intake.c4_readings.state import ReadingReason, Status
from shared.ids import Ref
from shared.model import Command, StatusTable


class AskC4Reading(Command):
    """Ask to see where the person of a case is. Somebody else answers within a day."""

    ref: Ref | None = None
    reason: ReadingReason


class ConfirmC4Reading(Command):
    """Agree, as the second person: they see it for an hour, and both names stand on record."""


class RefuseC4Reading(Command):
    """They do not see it."""


class CloseC4Reading(Command):
    """The hour is over. Given by the deadline, not by a client."""


ReadingCommand = AskC4Reading | ConfirmC4Reading | RefuseC4Reading | CloseC4Reading

STATUSES = StatusTable(
    "c4_reading",
    opening=frozenset({AskC4Reading}),
    allowed={
        Status.ASKED: frozenset({ConfirmC4Reading, RefuseC4Reading}),
        Status.OPEN: frozenset({RefuseC4Reading, CloseC4Reading}),
        Status.REFUSED: frozenset({CloseC4Reading}),
        Status.OVER: frozenset({CloseC4Reading}),
    },
    inner=frozenset({CloseC4Reading}),
)
"""Whoever agreed, or another one, may think better of it: to refuse what is open ends it."""
