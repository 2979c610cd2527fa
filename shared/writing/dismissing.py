"""The one command of attention rows, the same in all four services: the runner carries it out on the ledger's table.

With the last row about what a stream lost ends what those facts protected.
"""

from collections.abc import Iterable

from shared.auth import Caller
from shared.ids import Ref, Subject
from shared.journey.attention import STATUSES, WHOSE, AttentionState, DismissAttention, Facts, decide
from shared.journey.guards import release
from shared.journey.lost import KIND, Loss, open_losses
from shared.model import Command, Decided
from shared.reading import Reading
from shared.storage.ledger import Ledger
from shared.storage.tables import Row, row_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def _streams(_peek: Reading, _command: Command, row: Row | None, _ref: Ref) -> Iterable[Subject]:
    """Whatever the row is about. Nothing is told on it: its lock keeps two people from dismissing at once."""
    assert row is not None
    kind, _, ref = row["subject"].partition("/")
    return (Subject(kind, ref),)


def _facts(unit: Unit, caller: Caller, _: DismissAttention, *, ref: Ref, state: AttentionState) -> Facts:
    return Facts(caller.staff_ref, unit.effective)


def _after(unit: Unit, _: Caller, *, ref: Ref, before: AttentionState, decided: Decided[AttentionState]) -> None:
    ledger = unit.kept.ledger
    if before.reaction == KIND:
        stream, _generation = Loss.read(unit.peek(row_of(ledger.attention), ref)["cause"])
        if not open_losses(unit.connection, ledger, stream):
            release(unit.connection, ledger, unit.kept.journey, stream)


def dismissing(ledger: Ledger) -> Commands[AttentionState]:
    """The commands of a service's attention rows."""
    row = row_of(ledger.attention)
    commands = Commands(
        "attention",
        row,
        AttentionState,
        STATUSES,
        decide,
        facts=_facts,
        streams=_streams,
        after=_after,
        belonging=WHOSE,
    )
    commands.ordinary("dismiss", DismissAttention)
    return commands
