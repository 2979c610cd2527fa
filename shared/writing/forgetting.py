"""What the reactions that forget somebody share: whom a fact of a case names, and what is written once keys end."""

from collections.abc import Iterable
from typing import Any

from shared.erasing.doing import Destroyed
from shared.journey.todos import Heard
from shared.writing.unit import Unit


def case(_peek: object, event: Heard[Any]) -> Iterable[str]:
    """The case that a fact tells of."""
    yield event.subject


def carried_out(unit: Unit, destroyed: Destroyed, *streams: str) -> int:
    """Empty what the destroyed keys had sealed; how many rows that were."""
    unit.lock(*streams)
    return destroyed.empty(unit.connection, unit.kept.ledger)
