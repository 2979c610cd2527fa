"""Where a verifier reads: the trees, numbered entries and checkpoints of a service, in its store or in an export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, func, select

from shared.audit.entries import Forms, forms, written
from shared.audit.floor import floor
from shared.audit.hashing import Hash, leaf_hash
from shared.audit.tree import Tree, trees
from shared.storage.ledger import Ledger

PORTION = 2000


class Leaf(NamedTuple):
    """A numbered entry: the hash that is kept of it, the one that its content has now, and whom the entry names."""

    number: int
    kept: Hash
    now: Hash | None
    named: Sequence[str]


class Signed(NamedTuple):
    """A checkpoint that the store has, and when a witness took it."""

    serial: int
    note: str
    accepted_at: datetime | None


class History(Protocol):
    """What a verifier is given."""

    def trees(self) -> Sequence[Tree]: ...

    def entries(self) -> int: ...

    def leaves(self, tree: Tree) -> Iterator[Leaf]: ...

    def nodes(self, tree: Tree) -> Mapping[tuple[int, int], Hash] | None: ...

    def checkpoints(self, tree: Tree) -> Sequence[Signed]: ...

    def unnumbered(self) -> tuple[Sequence[int], int]: ...


@dataclass(frozen=True)
class InStore:
    """The history as it stands in a service's store."""

    conn: Connection
    ledger: Ledger

    def trees(self) -> Sequence[Tree]:
        """All of them, the first one first."""
        return trees(self.conn, self.ledger)

    def entries(self) -> int:
        """How many are numbered."""
        return self.conn.execute(select(func.count()).select_from(self.ledger.audit_leaf)).scalar_one()

    def leaves(self, tree: Tree) -> Iterator[Leaf]:
        """In the order of their numbers."""
        leaf, audit = self.ledger.audit_leaf, self.ledger.audit
        known, last = forms(self.conn, self.ledger), -1
        kept = (leaf.c.number, leaf.c.hash.label("leaf_hash"), leaf.c.form.label("leaf_form"))
        query = select(*kept, audit).join(audit, audit.c.id == leaf.c.audit_id, isouter=True)
        query = query.where(leaf.c.tree == tree.tree).order_by(leaf.c.number).limit(PORTION)
        while rows := self.conn.execute(query.where(leaf.c.number > last)).mappings().all():
            for row in rows:
                there = row["id"] is not None
                named = row["subjects"] if there else ()
                yield Leaf(row["number"], row["leaf_hash"], _hashed(row, known) if there else None, named)
            last = rows[-1]["number"]

    def nodes(self, tree: Tree) -> Mapping[tuple[int, int], Hash]:
        """The subtrees that are kept."""
        node = self.ledger.audit_node.c
        rows = self.conn.execute(select(node.level, node.place, node.hash).where(node.tree == tree.tree))
        return {(row.level, row.place): row.hash for row in rows}

    def checkpoints(self, tree: Tree) -> Sequence[Signed]:
        """What was signed of it."""
        table = self.ledger.audit_checkpoint.c
        query = select(table.serial, table.note, table.accepted_at).where(table.tree == tree.tree)
        return [Signed(*row) for row in self.conn.execute(query.order_by(table.serial))]

    def unnumbered(self) -> tuple[Sequence[int], int]:
        """Ids of entries that should have a number and have none; how many have none yet, as is usual."""
        leaf, audit = self.ledger.audit_leaf, self.ledger.audit
        query = select(audit.c.id).join(leaf, leaf.c.audit_id == audit.c.id, isouter=True)
        ids = self.conn.execute(query.where(leaf.c.audit_id.is_(None)).order_by(audit.c.id)).scalars().all()
        reached = floor(self.conn, self.ledger)
        late = [one for one in ids if one <= reached]
        return late, len(ids) - len(late)


def _hashed(row: Mapping[Any, Any], known: Forms) -> Hash | None:
    """The hash of an entry as it is now. A form that nobody knows, or that has columns that are not there, is none."""
    try:
        return leaf_hash(written(row, row["leaf_form"], known[row["leaf_form"]]))
    except (KeyError, TypeError):
        return b""
