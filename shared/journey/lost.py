"""Facts that were told once and are told no more, because the store of their source went back in time.

They stay among what is superseded, marked as lost, and people are called to each stream that lost some: in the service
that told them, and in each that had heard them. Only places, types and days are shown, which hold nothing private.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Select, func, select

from shared.clock import local_day
from shared.events.envelope import Stream
from shared.journey.attention import LOST_FACTS, AttentionStatus, give_to_people
from shared.journey.todos import Todo
from shared.storage.ledger import Ledger

LOST = "lost"
"""How a superseded fact stands that its source does not tell any more."""
KIND = LOST_FACTS
CODE = "store_went_back"


class Loss(NamedTuple):
    """What was told on a stream in a generation, and is told no more."""

    stream: Stream
    generation: str

    @property
    def cause(self) -> str:
        """What the attention row was raised by. A generation is written without a colon."""
        return f"{self.stream.source}:{self.generation}:{self.stream.subject}"

    @classmethod
    def read(cls, cause: str) -> Self:
        """The loss that such a row was raised by."""
        source, generation, subject = cause.split(":", 2)
        return cls(Stream(source, subject), generation)


class LostFact(NamedTuple):
    """One of them. A fact that was waiting when its stream began anew has no type that anybody knows."""

    version: int
    type: str | None
    day: date


def call_people(conn: Connection, ledger: Ledger, secret: bytes, loss: Loss, at: datetime) -> None:
    """Raise a row about a loss, once."""
    todo = Todo(0, loss.cause, KIND, loss.stream.subject, None, 0, None)
    give_to_people(conn, ledger, secret, todo, CODE, at)


def facts_of(conn: Connection, ledger: Ledger, loss: Loss) -> tuple[LostFact, ...]:
    """What was lost with it, in its order."""
    old, (stream, generation) = ledger.superseded, loss
    here = old.c.source == stream.source, old.c.generation == generation, old.c.subject == stream.subject
    rows = conn.execute(_lost(ledger).where(*here).order_by(old.c.version))
    return tuple(_fact(row) for row in rows)


def losses(conn: Connection, ledger: Ledger) -> Iterator[tuple[Loss, Mapping[Any, Any], Sequence[LostFact]]]:
    """All that people were called to, with the row that calls them and what was lost; oldest first."""
    facts: dict[Loss, list[LostFact]] = defaultdict(list)
    for row in conn.execute(_lost(ledger).order_by(ledger.superseded.c.version)):
        facts[Loss(Stream(row.source, row.subject), row.generation)].append(_fact(row))
    query = select(ledger.attention).where(ledger.attention.c.reaction == KIND).order_by(ledger.attention.c.id)
    for called in conn.execute(query).mappings():
        loss = Loss.read(called["cause"])
        yield loss, called, facts[loss]


def open_losses(conn: Connection, ledger: Ledger, stream: Stream | None = None) -> int:
    """How many losses wait for people: of one stream, or of all."""
    row = ledger.attention.c
    query = select(func.count()).where(row.reaction == KIND, row.status == AttentionStatus.OPEN.value)
    if stream is not None:
        query = query.where(row.subject == stream.subject, row.cause.startswith(f"{stream.source}:", autoescape=True))
    return int(conn.execute(query).scalar_one())


def _lost(ledger: Ledger) -> Select[Any]:
    return select(ledger.superseded).where(ledger.superseded.c.status == LOST)


def _fact(row: Any) -> LostFact:
    return LostFact(row.version, row.type, local_day(row.recorded or row.heard_at))
