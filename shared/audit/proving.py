"""Proves one entry to somebody who has a checkpoint and nothing else of the audit.

What is given out is the entry, its number, the path of hashes and the note: whoever trusts the key needs no store, and
learns nothing of any other entry.
"""

import base64
from typing import Any

from sqlalchemy import Connection, select

from shared.audit.checkpoints import last_of
from shared.audit.entries import forms, written
from shared.audit.hashing import includes, inclusion, leaf_hash
from shared.audit.notes import read
from shared.audit.tree import subtrees
from shared.storage.ledger import Ledger


class NotProven(LookupError):
    """There is no such entry, no checkpoint covers it yet, or it is not what was signed."""


def proof(conn: Connection, ledger: Ledger, tree: int, number: int) -> dict[str, Any]:
    """That an entry is in the tree of the newest checkpoint. Raises NotProven."""
    leaf, audit, newest = ledger.audit_leaf, ledger.audit, last_of(conn, ledger, tree)
    signed = None if newest is None else read(newest.note)
    query = select(leaf.c.form.label("leaf_form"), audit).join(audit, audit.c.id == leaf.c.audit_id)
    row = conn.execute(query.where(leaf.c.tree == tree, leaf.c.number == number)).mappings().first()
    if newest is None or signed is None or row is None or number >= signed.size:
        raise NotProven(f"no checkpoint covers entry {number} of tree {tree}")
    entry = written(row, row["leaf_form"], forms(conn, ledger)[row["leaf_form"]])
    path = inclusion(number, signed.size, subtrees(conn, ledger, tree))
    if not includes(leaf_hash(entry), number, signed.size, path, signed.root):
        raise NotProven(f"entry {number} of tree {tree} is not what checkpoint {signed.serial} covers")
    hashes = [base64.b64encode(one).decode() for one in path]
    return {"entry": entry.decode(), "number": number, "path": hashes, "checkpoint": newest.note}
