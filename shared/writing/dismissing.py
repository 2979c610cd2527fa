"""The one command of attention rows, the same in all four services: the runner carries it out on the ledger's table."""

from collections.abc import Iterable

from shared.auth import Caller
from shared.ids import Ref, Subject
from shared.journey.attention import STATUSES, AttentionState, DismissAttention, Facts, decide
from shared.model import Command
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


def dismissing(ledger: Ledger) -> Commands[AttentionState]:
    """The commands of a service's attention rows."""
    row = row_of(ledger.attention)
    commands = Commands("attention", row, AttentionState, STATUSES, decide, facts=_facts, streams=_streams)
    commands.ordinary("dismiss", DismissAttention)
    return commands
