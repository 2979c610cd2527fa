"""Numbers audit entries after their commit, in batches, and puts them into the hash tree: no unit waits for a number.

One loop per service, by turns where there are replicas. A batch is read and hashed outside any transaction that writes,
then stored under one counter row if nobody was faster.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from shared.audit import tree as trees
from shared.audit.alerts import SILENT, Alert, Alerts, tell
from shared.audit.checkpoints import Checkpoints, untaken_since
from shared.audit.entries import form_of_today, forms, keep_form, written
from shared.audit.floor import Settling, floor, keep_floor
from shared.audit.hashing import Frontier, Hash, leaf_hash
from shared.audit.notes import Checkpoint
from shared.audit.tree import Tree
from shared.auth import SYSTEM
from shared.failpoints import failpoint
from shared.runtime import Kept
from shared.storage.ledger import Ledger
from shared.writing.tail import entry

BATCH = 500
POLL = 1.0
BEGUN = "begun"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Batch:
    """What one look found: the tree as it was, and the next leaves for it."""

    tree: Tree | None
    size: int
    form: int
    leaves: Sequence[tuple[int, int, Hash]]
    about: Sequence[Mapping[str, Any]]
    entries: Sequence[Mapping[Any, Any]]
    settled: int


@dataclass
class Sequencer:
    """One service's sequencer. It signs with the service's own key, and asks the witness before it goes on."""

    kept: Kept
    checkpoints: Checkpoints
    alerts: Alerts
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _settling: Settling = field(default_factory=Settling)
    _looked: bool = False
    _told: str = ""
    """Of which silence this process has told."""
    _behind: int = 0
    """The last id of a full batch: the next one is looked for behind it, and then from the floor on again."""

    async def run(self, beat: Callable[[], None]) -> None:
        """Number what is there, once a second, until cancelled."""
        async with self.kept.database.turn("audit").taken(self.wake, beat) as still:
            self._looked = False
            self.alerts.forget()
            while True:
                full = await self.step() == BATCH
                beat()
                if not full:
                    await asyncio.sleep(POLL)
                    await still()

    async def step(self) -> int:
        """Number one batch, and sign and send what is due; how many entries got a number."""
        batch = await self.kept.database.read(self._look)
        if not self._looked or not self._ours(batch.tree):
            await self._begin_if_other(batch.tree)
            batch = await self.kept.database.read(self._look)
        if batch.leaves or batch.settled:
            await self.kept.database.write(partial(self._store, batch=batch))
        self._behind = batch.leaves[-1][0] if len(batch.leaves) == BATCH else 0
        await self.checkpoints.step()
        if self.checkpoints.refused:
            await self._tell_of_silence()
        return len(batch.leaves)

    def _ours(self, tree: Tree | None) -> bool:
        key = self.checkpoints.public_key
        return tree is not None and tree.generation == str(self.kept.standing.generation) and tree.public_key == key

    async def _begin_if_other(self, tree: Tree | None) -> None:
        """Begin a tree where there is none, or where ours is older than what the witness knows of it."""
        last = await self.checkpoints.last_known()
        if not self._ours(tree) or (last is not None and not await self._has(last)):
            await self.kept.database.write(partial(self._begin, of=tree, last=last))
        self._looked = True

    async def _has(self, last: Checkpoint) -> bool:
        """Whether this store's trees had that root at that size."""
        return await self.kept.database.read(partial(had, ledger=self.kept.ledger, checkpoint=last))

    def _begin(self, conn: Connection, *, of: Tree | None, last: Checkpoint | None) -> None:
        """A new tree, whose first entry names the last checkpoint that is known outside."""
        ledger, now = self.kept.ledger, self.kept.clock()
        trees.locked_size(conn, ledger)
        if trees.in_use(conn, ledger) != of:
            return
        number = 0 if of is None else of.tree + 1
        origin = f"homeward.audit/{self.kept.name}/{self.kept.draw()}"
        row = {"tree": number, "origin": origin, "at": now}
        trees.begin(conn, ledger, row, self.kept.standing.generation, self.checkpoints.public_key)
        first = entry(
            now, SYSTEM, f"{self.kept.name}.audit.begin", BEGUN, subjects=named(last), classes=(), request_id=origin
        )
        audit_id = conn.execute(insert(ledger.audit).returning(ledger.audit.c.id), first).scalar_one()
        known = forms(conn, ledger)
        form = form_of_today(known, ledger.audit)
        if form not in known:
            keep_form(conn, ledger, form)
        kept_row = conn.execute(select(ledger.audit).where(ledger.audit.c.id == audit_id)).mappings().one()
        trees.append(conn, ledger, number, Frontier(), [(audit_id, form, _leaf(kept_row, form, ledger))])

    async def _tell_of_silence(self) -> None:
        """Once for each hour, where the witness has taken nothing for too long."""
        now = self.kept.clock()
        since = await self.kept.database.read(partial(untaken_since, ledger=self.kept.ledger))
        tree = await self.kept.database.read(partial(trees.in_use, ledger=self.kept.ledger))
        if tree is None or since is None or now - since < self.alerts.limits.silence:
            return
        alert = Alert(SILENT, f"audit/{tree.origin.rpartition('/')[2]}", f"{tree.origin}|{now:%Y-%m-%dT%H}")
        if alert.once != self._told:
            await self.kept.database.write(lambda conn: tell(conn, self.kept.ledger, self.kept.secret, alert, now))
            self._told = alert.once

    def figures(self, conn: Connection) -> dict[str, float]:
        """What is measured of the audit. Without a witness nothing waits for one."""
        ledger = self.kept.ledger
        since = None if self.checkpoints.witness is None else untaken_since(conn, ledger)
        waiting = select(func.count()).select_from(self._waiting(conn, 0).subquery())
        return {
            "homeward_audit_entries_total": trees.size(conn, ledger),
            "homeward_audit_unnumbered_entries": conn.execute(waiting).scalar_one(),
            "homeward_audit_unwitnessed_seconds": 0 if since is None else (self.kept.clock() - since).total_seconds(),
        }

    def _waiting(self, conn: Connection, behind: int) -> Select[Any]:
        """Entries without a number, behind the floor."""
        audit, leaf = self.kept.ledger.audit, self.kept.ledger.audit_leaf
        low = max(floor(conn, self.kept.ledger), behind)
        query = select(audit).join(leaf, leaf.c.audit_id == audit.c.id, isouter=True)
        return query.where(audit.c.id > low, leaf.c.audit_id.is_(None))

    def _look(self, conn: Connection) -> _Batch:
        ledger = self.kept.ledger
        form = form_of_today(forms(conn, ledger), ledger.audit)
        waiting = self._waiting(conn, self._behind).order_by(ledger.audit.c.id).limit(BATCH)
        rows = conn.execute(waiting).mappings().all()
        leaves = [(row["id"], form, _leaf(row, form, ledger)) for row in rows]
        settled = self._settling.asked(conn, [row["id"] for row in rows], self.kept.clock())
        about = [{"subject": one, "audit_id": row["id"]} for row in rows for one in sorted(set(row["subjects"]))]
        return _Batch(trees.in_use(conn, ledger), trees.size(conn, ledger), form, leaves, about, rows, settled)

    def _store(self, conn: Connection, *, batch: _Batch) -> None:
        ledger = self.kept.ledger
        reached = trees.locked_size(conn, ledger)
        if batch.tree is None or (reached, trees.in_use(conn, ledger)) != (batch.size, batch.tree):
            return  # another process was faster: its numbers stand
        if batch.form not in forms(conn, ledger):
            keep_form(conn, ledger, batch.form)
        if batch.leaves:
            grown = trees.frontier(conn, ledger, batch.tree.tree, reached)
            trees.append(conn, ledger, batch.tree.tree, grown, batch.leaves)
        if batch.about:
            conn.execute(insert(ledger.audit_about), batch.about)
        self.alerts.raised(conn, ledger, self.kept.secret, batch.entries, self.kept.clock())
        if batch.settled:
            keep_floor(conn, ledger, batch.settled)
        failpoint("audit.before_commit")


def _leaf(row: Mapping[Any, Any], form: int, ledger: Ledger) -> Hash:
    return leaf_hash(written(row, form, [column.name for column in ledger.audit.columns]))


def named(last: Checkpoint | None) -> list[str]:
    """How the first entry of a tree names a checkpoint."""
    return [] if last is None else [f"checkpoint/{last.origin}/{last.size}/{last.root.hex()}"]


def had(conn: Connection, ledger: Ledger, checkpoint: Checkpoint) -> bool:
    """Whether a tree of this store is the one of a checkpoint, or has grown from it."""
    found = next((tree for tree in trees.trees(conn, ledger) if tree.origin == checkpoint.origin), None)
    if found is None:
        return False
    try:
        return trees.frontier(conn, ledger, found.tree, checkpoint.size).root == checkpoint.root
    except LookupError:
        return False
