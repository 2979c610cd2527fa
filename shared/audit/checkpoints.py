"""Signs how large a service's tree is, at least twice a minute while it grows, and has a witness take it.

A checkpoint is stored before it is sent, and sent again until the witness took it, in order. A witness that is away
stops nothing: it is `silent` then, which people are told of.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, insert, select, update

from shared.audit import tree as trees
from shared.audit.hashing import Hash, consistency, consistent
from shared.audit.notes import Checkpoint, digest, made, public_bytes, read, signed
from shared.audit.witness import NotTaken, Sent, Witness
from shared.runtime import Kept
from shared.storage.ledger import Ledger

EVERY = timedelta(seconds=30)
AT_A_TIME = 100
"""How many are sent in one step, after a witness was away."""

log = logging.getLogger(__name__)


class Forked(Exception):
    """The tree is another one than was signed: somebody changed it. Nothing is signed until people have looked."""


@dataclass
class Checkpoints:
    """The checkpoints of one service."""

    kept: Kept
    key: Ed25519PrivateKey
    witness: Witness | None
    refused: str = ""
    """Why the witness did not take the last one; empty while it does."""

    @property
    def public_key(self) -> bytes:
        """What they are verified with."""
        return public_bytes(self.key)

    async def last_known(self) -> Checkpoint | None:
        """The last one that is known outside of this store; of a witness that cannot be asked, what is noted here."""
        if self.witness is not None:
            known = await self.witness.last(f"homeward.audit/{self.kept.name}/")
            if known is not None:
                return known
        return await self.kept.database.read(partial(_last_taken, ledger=self.kept.ledger))

    async def step(self) -> None:
        """Sign what grew, and send what the witness has not taken yet."""
        await self._sign_if_due()
        if self.witness is not None:
            await self._send(self.witness)

    async def _sign_if_due(self) -> None:
        if await self.kept.database.read(self._due):
            await self.kept.database.write(self._sign)

    def _due(self, conn: Connection) -> bool:
        tree, size = trees.in_use(conn, self.kept.ledger), trees.size(conn, self.kept.ledger)
        last = None if tree is None else last_of(conn, self.kept.ledger, tree.tree)
        return tree is not None and (last is None or (size > last.size and self.kept.clock() - last.at >= EVERY))

    def _sign(self, conn: Connection) -> None:
        ledger = self.kept.ledger
        size = trees.locked_size(conn, ledger)
        tree = trees.in_use(conn, ledger)
        if tree is None or not self._due(conn):
            return
        last = last_of(conn, ledger, tree.tree)
        serial, before = (1, "") if last is None else (last.serial + 1, digest(last.note.partition("\n\n")[0]))
        now, root = self.kept.clock(), trees.frontier(conn, ledger, tree.tree, size).root
        if last is not None:
            self._refuse_fork(conn, tree.tree, last, size, root)
        note = signed(made(tree.origin, size, root, serial, now, before), self.key)
        row = {"tree": tree.tree, "serial": serial, "size": size, "at": now, "note": note}
        conn.execute(insert(ledger.audit_checkpoint).values(row))

    def _refuse_fork(self, conn: Connection, tree: int, last: Row[Any], size: int, root: Hash) -> None:
        """Raise Forked unless the tree is a continuation of the one that was signed last."""
        signed_last = read(last.note)
        proof = consistency(last.size, size, trees.subtrees(conn, self.kept.ledger, tree))
        if signed_last is None or not consistent(last.size, signed_last.root, size, root, proof):
            raise Forked(f"the audit of {self.kept.name} is no continuation of checkpoint {last.serial}")

    async def _send(self, witness: Witness) -> None:
        for sent in await self.kept.database.read(self._untaken):
            try:
                await witness.take(sent)
            except NotTaken as trouble:
                if self.refused != str(trouble):
                    log.error("the witness took no checkpoint", extra={"service": self.kept.name, "why": str(trouble)})
                self.refused = str(trouble)
                return
            self.refused = ""
            await self.kept.database.write(partial(self._taken, sent=sent))

    def _untaken(self, conn: Connection) -> list[Sent]:
        table = self.kept.ledger.audit_checkpoint
        query = select(table).where(table.c.accepted_at.is_(None)).order_by(table.c.tree, table.c.serial)
        return [self._to_send(conn, row) for row in conn.execute(query.limit(AT_A_TIME)).all()]

    def _to_send(self, conn: Connection, row: Row[Any]) -> Sent:
        table = self.kept.ledger.audit_checkpoint
        query = select(table.c.size).where(table.c.tree == row.tree, table.c.serial == row.serial - 1)
        old = conn.execute(query).scalar_one_or_none() or 0
        proof = consistency(old, row.size, trees.subtrees(conn, self.kept.ledger, row.tree))
        return Sent(row.tree, row.serial, row.note, old, proof)

    def _taken(self, conn: Connection, *, sent: Sent) -> None:
        table = self.kept.ledger.audit_checkpoint
        here = (table.c.tree == sent.tree) & (table.c.serial == sent.serial)
        conn.execute(update(table).where(here).values(accepted_at=self.kept.clock()))


def last_of(conn: Connection, ledger: Ledger, tree: int) -> Row[Any] | None:
    """The newest checkpoint of a tree."""
    table = ledger.audit_checkpoint
    return conn.execute(select(table).where(table.c.tree == tree).order_by(table.c.serial.desc()).limit(1)).first()


def _last_taken(conn: Connection, ledger: Ledger) -> Checkpoint | None:
    table = ledger.audit_checkpoint
    query = select(table.c.note).where(table.c.accepted_at.is_not(None))
    note = conn.execute(query.order_by(table.c.tree.desc(), table.c.serial.desc()).limit(1)).scalar_one_or_none()
    return None if note is None else read(note)


def untaken_since(conn: Connection, ledger: Ledger) -> datetime | None:
    """Since when a checkpoint waits for the witness; None while none does."""
    table = ledger.audit_checkpoint
    query = select(table.c.at).where(table.c.accepted_at.is_(None)).order_by(table.c.tree, table.c.serial)
    return conn.execute(query.limit(1)).scalar_one_or_none()
