"""Somebody who can write the store changes its past: each deed is found without a network, and its place is named."""

import base64
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, select, update

from shared.audit import tree as trees
from shared.audit.entries import forms, written
from shared.audit.findings import Finding, Kind
from shared.audit.hashing import Frontier, leaf_hash
from shared.audit.notes import made, signed
from tests.service.audit.conftest import EACH, MANY
from tests.support.audited import KEY, LATER, Audited

AT = 4321
"""The entry that is attacked, of the checkpoint that covers 4251 to 4500."""
COVERED = (4251, 4500)


async def found(audit: Audited) -> Finding:
    """The first finding, which is a bad one."""
    verdict = await audit.verdict()
    assert verdict.bad, verdict
    return verdict.bad[0]


async def rehash(audit: Audited) -> None:
    """Compute every hash anew, as whoever can write the store can: numbers, leaves, subtrees, and the checkpoints."""
    await audit.kept.database.write(partial(_rehash, audit=audit))


def _rehash(conn: Connection, *, audit: Audited) -> None:
    ledger = audit.kept.ledger
    known, leaf = forms(conn, ledger), ledger.audit_leaf
    ids = list(conn.execute(select(leaf.c.audit_id).order_by(leaf.c.number)).scalars())
    rows = {row["id"]: row for row in conn.execute(select(ledger.audit)).mappings()}
    for table in (leaf, ledger.audit_node):
        conn.execute(delete(table))
    leaves = [(one, 1, leaf_hash(written(rows[one], 1, known[1]))) for one in ids if one in rows]
    trees.append(conn, ledger, 0, Frontier(), leaves)
    _sign_anew(conn, audit)


def _sign_anew(conn: Connection, audit: Audited) -> None:
    """Even with the key: the checkpoints of the store fit then, and those of the witness do not."""
    table, tree = audit.kept.ledger.audit_checkpoint, trees.trees(conn, audit.kept.ledger)[0]
    for row in conn.execute(select(table)).all():
        size = min(row.size, trees.size(conn, audit.kept.ledger))
        root = trees.frontier(conn, audit.kept.ledger, 0, size).root
        note = signed(made(tree.origin, size, root, row.serial, row.at), KEY)
        conn.execute(update(table).where(table.c.serial == row.serial).values(note=note, size=size))


async def test_an_audit_that_nobody_touched_is_whole(audit: Audited) -> None:
    verdict = await audit.verdict()
    assert (verdict.entries, verdict.trees, verdict.checkpoints) == (MANY, 1, MANY // EACH)
    assert (verdict.findings, verdict.waiting, verdict.uncovered) == ([], 0, 0)


async def test_a_deleted_entry_is_named(audit: Audited) -> None:
    await audit.sql("DELETE FROM audit WHERE id = (SELECT audit_id FROM audit_leaf WHERE number = :n)", n=AT)
    said = await found(audit)
    assert (said.kind, said.first, said.last) == (Kind.MISSING, AT, AT)
    assert said.says == "entry 4321 of tree 0: deleted"


async def test_an_entry_that_was_deleted_with_its_hash_is_named(audit: Audited) -> None:
    await audit.sql("DELETE FROM audit WHERE id = (SELECT audit_id FROM audit_leaf WHERE number = :n)", n=AT)
    await audit.sql("DELETE FROM audit_leaf WHERE number = :n", n=AT)
    said = await found(audit)
    assert (said.kind, said.first, said.last) == (Kind.MISSING, AT, AT)


async def test_a_deleted_entry_is_found_though_all_behind_it_was_hashed_anew(audit: Audited) -> None:
    await audit.sql("DELETE FROM audit WHERE id = (SELECT audit_id FROM audit_leaf WHERE number = :n)", n=AT)
    await rehash(audit)
    verdict = await audit.verdict()
    said = next(one for one in verdict.bad if one.kind is Kind.OTHER_TREE)
    assert (said.first, said.last) == COVERED


async def test_an_edited_entry_is_named(audit: Audited) -> None:
    for column, value in (("staff_ref", "f" * 32), ("decision", "not_found"), ("subjects", "[]")):
        await audit.sql(
            f"UPDATE audit SET {column} = :v WHERE id = (SELECT audit_id FROM audit_leaf WHERE number = :n)",
            v=value,
            n=AT,
        )
        said = await found(audit)
        assert (said.kind, said.first, said.last) == (Kind.CHANGED, AT, AT)


async def test_an_edited_entry_with_its_own_hash_is_found(audit: Audited) -> None:
    await audit.sql("UPDATE audit SET purpose = 'GRANTS' WHERE id = :n", n=AT)
    await rehash(audit)
    said = next(one for one in (await audit.verdict()).bad if one.kind is Kind.OTHER_TREE)
    assert (said.first, said.last) == COVERED
    assert "the witness" in said.says


async def test_two_entries_that_changed_places_are_found(audit: Audited) -> None:
    await audit.sql("UPDATE audit_leaf SET audit_id = -audit_id WHERE number IN (:n, :m)", n=AT, m=AT + 1)
    await audit.sql(
        "UPDATE audit_leaf SET audit_id = (SELECT -o.audit_id FROM audit_leaf o WHERE o.audit_id < 0 "
        "AND o.number = :n + :m - audit_leaf.number) WHERE number = :n",
        n=AT,
        m=AT + 1,
    )
    await audit.sql(
        "UPDATE audit_leaf SET audit_id = (SELECT o.audit_id - 1 FROM audit_leaf o WHERE o.number = :n) "
        "WHERE number = :m",
        n=AT,
        m=AT + 1,
    )
    said = await found(audit)
    assert (said.kind, said.first) == (Kind.CHANGED, AT)
    await rehash(audit)
    said = next(one for one in (await audit.verdict()).bad if one.kind is Kind.OTHER_TREE)
    assert (said.first, said.last) == COVERED


async def test_a_hash_alone_that_changed_is_found(audit: Audited) -> None:
    await audit.sql("UPDATE audit_leaf SET hash = :h WHERE number = :n", h=b"\0" * 32, n=AT)
    said = await found(audit)
    assert (said.first, said.last) == (AT, AT)
    assert {one.kind for one in (await audit.verdict()).bad} >= {Kind.CHANGED, Kind.OTHER_TREE}


async def test_a_subtree_that_changed_is_found(audit: Audited) -> None:
    await audit.sql("UPDATE audit_node SET hash = :h WHERE level = 8 AND place = 3", h=b"\0" * 32)
    said = await found(audit)
    assert (said.kind, said.first, said.last) == (Kind.OTHER_SUBTREE, 768, 1023)


async def test_entries_that_were_cut_off_at_the_end_are_found(audit: Audited) -> None:
    await audit.sql("DELETE FROM audit WHERE id IN (SELECT audit_id FROM audit_leaf WHERE number >= 9990)")
    await audit.sql("DELETE FROM audit_leaf WHERE number >= 9990")
    await audit.sql("DELETE FROM audit_checkpoint WHERE size > 9990")
    await audit.sql("UPDATE counter SET value = 9990 WHERE name = 'audit'")
    said = await found(audit)
    assert (said.kind, said.first, said.last) == (Kind.CUT_OFF, 9990, MANY - 1)
    assert "the witness saw them at 2026-" in said.says


async def test_an_entry_that_was_put_in_is_found(audit: Audited) -> None:
    await audit.sql("UPDATE audit SET id = -1 WHERE id = 7")
    verdict = await audit.verdict()
    assert {one.kind for one in verdict.bad} == {Kind.MISSING, Kind.NO_NUMBER}


async def test_a_checkpoint_that_is_missing_in_the_witness_is_named(audit: Audited) -> None:
    notes = audit.notes()
    for gone in (0, 16, len(notes) - 1):
        audit.witness.write_text("".join(notes[:gone] + notes[gone + 1 :]), "utf-8")
        said = await found(audit)
        assert (said.kind, said.says) == (
            Kind.NOT_WITNESSED,
            f"checkpoint {gone + 1} is missing in the witness (tree 0)",
        )


async def test_a_line_of_a_checkpoint_that_is_missing_is_found(audit: Audited) -> None:
    lines = audit.witness.read_text("utf-8").splitlines(keepends=True)
    for gone in range(50, 58):
        audit.witness.write_text("".join(lines[:gone] + lines[gone + 1 :]), "utf-8")
        assert (await audit.verdict()).bad, lines[gone]


async def test_a_forked_checkpoint_is_found(audit: Audited) -> None:
    tree = (await audit.kept.database.read(partial(trees.trees, ledger=audit.kept.ledger)))[0]
    other = signed(made(tree.origin, 4501, b"\1" * 32, 19, LATER), KEY)
    with audit.witness.open("a", encoding="utf-8") as witness:
        witness.write(other)
    kinds = {one.kind for one in (await audit.verdict()).bad}
    assert kinds == {Kind.FORKED}


async def test_a_tree_under_another_key_is_found(audit: Audited) -> None:
    """Whoever replaces the key in the store signs all checkpoints anew: those of the witness bear another signature."""
    other = Ed25519PrivateKey.from_private_bytes(b"signed by somebody else who can.")
    public = base64.b64encode(other.public_key().public_bytes_raw()).decode()
    await audit.sql("UPDATE audit_tree SET public_key = :k", k=public)
    assert {one.kind for one in (await audit.verdict()).bad} >= {Kind.NOT_SIGNED}


async def test_a_whole_tree_that_is_gone_is_found(audit: Audited) -> None:
    for table in ("audit", "audit_leaf", "audit_node", "audit_checkpoint", "audit_tree"):
        await audit.sql(f"DELETE FROM {table}")
    said = await found(audit)
    assert (said.kind, "10000 entries" in said.says) == (Kind.CUT_OFF, True)


async def test_without_a_witness_a_change_by_mistake_is_found_all_the_same(audit: Audited) -> None:
    assert (await audit.verdict(witnessed=False)).bad == []
    await audit.sql("UPDATE audit SET role = 'OPERATOR' WHERE id = 99")
    assert [one.kind for one in (await audit.verdict(witnessed=False)).bad] == [Kind.CHANGED]
