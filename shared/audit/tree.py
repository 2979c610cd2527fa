"""A service's hash tree in its store: which tree it is, how large, and its subtrees, as proofs need them.

Leaves are kept, and every eighth level above them. Whatever lies between is computed of at most 256 hashes.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from shared.audit.hashing import Frontier, Hash, Subtree, node_hash, perfect
from shared.events.generation import Generation
from shared.storage import add_if_new, made_and_locked
from shared.storage.ledger import Ledger

COUNTER = "audit"
"""The counter whose row is locked while entries are numbered: how many the tree in use has."""
HEIGHT = 8
"""Of how many levels one is kept."""


@dataclass(frozen=True)
class Tree:
    """One tree of a service. A store that was put back begins another one."""

    tree: int
    origin: str
    public_key: bytes
    generation: str

    @classmethod
    def of(cls, row: Row[Any]) -> "Tree":
        """As it stands in the store."""
        return cls(row.tree, row.origin, base64.b64decode(row.public_key), row.generation)


def trees(conn: Connection, ledger: Ledger) -> list[Tree]:
    """All trees of this store, the first one first."""
    table = ledger.audit_tree
    return [Tree.of(row) for row in conn.execute(select(table).order_by(table.c.tree))]


def in_use(conn: Connection, ledger: Ledger) -> Tree | None:
    """The tree that grows; None before the first."""
    table = ledger.audit_tree
    row = conn.execute(select(table).order_by(table.c.tree.desc()).limit(1)).first()
    return None if row is None else Tree.of(row)


def size(conn: Connection, ledger: Ledger) -> int:
    """How many entries the tree in use has."""
    table = ledger.counter
    return conn.execute(select(table.c.value).where(table.c.name == COUNTER)).scalar_one_or_none() or 0


def locked_size(conn: Connection, ledger: Ledger) -> int:
    """The same, and nobody else numbers entries until this transaction ends."""
    query = made_and_locked(ledger.counter, conn.dialect.name).returning(ledger.counter.c.value)
    return int(conn.execute(query, {"name": COUNTER, "value": 0}).scalar_one())


def subtrees(conn: Connection, ledger: Ledger, tree: int) -> Subtree:
    """What finds the root of any perfect subtree of a tree in the store."""

    def root(level: int, place: int) -> Hash:
        base = level - level % HEIGHT
        width = 1 << (level - base)
        hashes = _kept(conn, ledger, tree, base, place * width, width)
        if len(hashes) != width:
            raise LookupError(f"hashes of level {base} are missing at {place * width}")
        while len(hashes) > 1:
            hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return root


def _kept(conn: Connection, ledger: Ledger, tree: int, level: int, begin: int, many: int) -> list[Hash]:
    leaf, node = ledger.audit_leaf.c, ledger.audit_node.c
    if level == 0:
        of, place = select(leaf.hash).where(leaf.tree == tree), leaf.number
    else:
        of, place = select(node.hash).where(node.tree == tree, node.level == level), node.place
    query = of.where(place >= begin, place < begin + many).order_by(place)
    return list(conn.execute(query).scalars())


def frontier(conn: Connection, ledger: Ledger, tree: int, size: int) -> Frontier:
    """A tree of the store at a size that it has, or had."""
    found = subtrees(conn, ledger, tree)
    return Frontier(size, [found(level, place) for level, place in perfect(size)])


def append(
    conn: Connection, ledger: Ledger, tree: int, grown: Frontier, leaves: Sequence[tuple[int, int, Hash]]
) -> None:
    """Store further leaves (audit id, form, hash) behind those of `grown`, and the subtrees that they complete."""
    rows, nodes = [], []
    for audit_id, form, leaf in leaves:
        rows.append({"tree": tree, "number": grown.size, "audit_id": audit_id, "form": form, "hash": leaf})
        nodes += [_node(tree, *complete) for complete in _stored(grown.add(leaf))]
    conn.execute(insert(ledger.audit_leaf), rows)
    if nodes:
        conn.execute(insert(ledger.audit_node), nodes)
    counter = ledger.counter
    conn.execute(counter.update().where(counter.c.name == COUNTER).values(value=grown.size))


def _stored(complete: Iterable[tuple[int, int, Hash]]) -> Iterable[tuple[int, int, Hash]]:
    return (one for one in complete if one[0] % HEIGHT == 0)


def _node(tree: int, level: int, place: int, root: Hash) -> dict[str, Any]:
    return {"tree": tree, "level": level, "place": place, "hash": root}


def begin(conn: Connection, ledger: Ledger, row: dict[str, Any], generation: Generation, public_key: bytes) -> None:
    """Note a new tree, which has no entries yet."""
    key = base64.b64encode(public_key).decode()
    conn.execute(insert(ledger.audit_tree).values({**row, "generation": str(generation), "public_key": key}))
    conn.execute(add_if_new(ledger.counter, conn.dialect.name), [{"name": COUNTER, "value": 0}])
    conn.execute(ledger.counter.update().where(ledger.counter.c.name == COUNTER).values(value=0))
