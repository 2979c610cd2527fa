"""A store with an audit, its sequencer and its witness: filled and attacked by hand, verified without a network."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Column, Connection, MetaData, insert, text

from shared.audit.alerts import Alerts, Limits
from shared.audit.checkpoints import Checkpoints
from shared.audit.findings import Verdict
from shared.audit.history import InStore
from shared.audit.sequencer import Sequencer
from shared.audit.verify import verify
from shared.audit.witness import FileWitness
from shared.audit.witnessed import Witnessed
from shared.runtime import Kept
from shared.storage import Database
from shared.storage.ledger import ledger
from shared.testing import CountedIds, TickingClock
from tests.support.tale import JOURNEY, reactions

KEY = Ed25519PrivateKey.from_private_bytes(b"signed by nobody but this test. ")
NONE = Limits()
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass
class Audited:
    """A service's store, its clock, and the file that is its witness."""

    kept: Kept
    sequencer: Sequencer
    clock: TickingClock
    witness: Path

    async def enter(self, numbers: Iterable[int], **more: Any) -> None:
        """Store audit entries as a read does."""
        rows = [entry(self.clock(), number) | more for number in numbers]
        await self.kept.database.write(lambda conn: conn.execute(insert(self.kept.ledger.audit), rows))

    async def sequence(self) -> None:
        """Number all that waits; a minute later a checkpoint of it is with the witness."""
        while await self.sequencer.step():
            pass
        self.clock.advance(minutes=1)
        await self.sequencer.step()

    async def fill(self, many: int, each: int) -> None:
        """So many entries, with a checkpoint after each portion."""
        for begin in range(0, many, each):
            await self.enter(range(begin, min(many, begin + each)))
            await self.sequence()

    async def sql(self, statement: str, **values: Any) -> None:
        """Do to the store what the product never would."""
        await self.kept.database.write(lambda conn: conn.execute(text(statement), values))

    async def verdict(self, *, witnessed: bool = True) -> Verdict:
        """What a verifier says of it."""
        known = None
        if witnessed:
            with self.witness.open(encoding="utf-8") as lines:
                known = Witnessed.of(lines, LATER)
        return await self.kept.database.read(partial(self._verified, known=known))

    def _verified(self, conn: Connection, *, known: Witnessed | None) -> Verdict:
        return verify(self.kept.name, InStore(conn, self.kept.ledger), known)

    def notes(self) -> list[str]:
        """The checkpoints that the witness has."""
        with self.witness.open(encoding="utf-8") as lines:
            return [note for notes in Witnessed.of(lines, LATER).notes.values() for _, note, _ in notes]


def entry(at: datetime, number: int) -> dict[str, Any]:
    """An entry of a read of some case."""
    return {
        "at": at,
        "staff_ref": f"{number % 7:032x}",
        "organisation_ref": f"{number % 3:032x}",
        "role": "CASEWORKER",
        "purpose": "PROTECTION",
        "action": "intake.case.read",
        "decision": "shown",
        "subjects": [f"case/{number % 50:032x}"],
        "classes": ["C0", "C2"],
        "request_id": f"{number:032x}",
    }


@asynccontextmanager
async def audited(
    database: Database,
    witness: Path,
    key: Ed25519PrivateKey = KEY,
    limits: Limits = NONE,
    more: Sequence[Column[Any]] = (),
) -> AsyncIterator[Audited]:
    """A store as it is, or with its tables if it has none."""
    metadata, clock = MetaData(), TickingClock()
    book = ledger(metadata)
    for column in more:
        book.audit.append_column(column)
    await database.write(metadata.create_all)
    kept = Kept(
        name="intake",
        database=database,
        ledger=book,
        journey=JOURNEY,
        reactions=reactions(),
        key_store=cast(Any, None),
        secret=b"invented",
        position_secret=b"invented",
        clock=clock,
        draw=CountedIds(str(witness)),
    )
    try:
        yield Audited(
            kept, Sequencer(kept, Checkpoints(kept, key, FileWitness(witness)), Alerts(limits)), clock, witness
        )
    finally:
        await database.close()
