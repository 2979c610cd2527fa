"""How entries get their numbers: on both databases, by one process at a time, and signed as what they continue."""

import asyncio
import base64
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, String, func, insert, select, text

from shared.audit import tree as trees
from shared.audit.alerts import Alerts
from shared.audit.checkpoints import EVERY, Checkpoints, Forked
from shared.audit.findings import Kind
from shared.audit.floor import floor
from shared.audit.hashing import consistency, consistent, includes, inclusion
from shared.audit.notes import key_hash, public_bytes, read, signed_by, verifier
from shared.audit.sequencer import Sequencer
from shared.audit.witness import FileWitness, NotTaken, Sent
from shared.storage.postgres import PostgresDatabase, engine_of
from shared.storage.sqlite import SqliteDatabase
from tests.support.audited import KEY, NONE, Audited, audited, entry


@pytest.fixture(params=["sqlite", "postgres"])
async def audit(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Audited]:
    url = "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    database = (
        PostgresDatabase(url.replace("{service}", "intake"), 4) if url else SqliteDatabase(tmp_path / "intake.db")
    )
    async with audited(database, tmp_path / "witness") as found:
        yield found


async def numbers(audit: Audited) -> list[int]:
    leaf = audit.kept.ledger.audit_leaf.c
    return await audit.kept.database.read(
        lambda conn: list(conn.execute(select(leaf.audit_id).order_by(leaf.number)).scalars())
    )


async def test_every_entry_has_one_number_and_every_checkpoint_is_a_continuation(audit: Audited) -> None:
    await audit.fill(1300, 400)
    ids = await numbers(audit)
    assert len(set(ids)) == len(ids) == 1301
    verdict = await audit.verdict()
    assert (verdict.entries, verdict.findings, verdict.waiting, verdict.uncovered) == (1301, [], 0, 0)
    notes = [read(note) for note in audit.notes()]
    assert [note and note.size for note in notes] == [401, 801, 1201, 1301]

    def proven(conn: Any) -> None:
        subtree = trees.subtrees(conn, audit.kept.ledger, 0)
        for old, new in pairwise(notes):
            assert old and new
            proof = consistency(old.size, new.size, subtree)
            assert consistent(old.size, old.root, new.size, new.root, proof)
        last = notes[-1]
        assert last
        for number in (0, 255, 256, 1024, 1300):
            path = inclusion(number, last.size, subtree)
            assert includes(subtree(0, number), number, last.size, path, last.root)

    await audit.kept.database.read(proven)


async def test_what_was_changed_is_named_on_both_databases(audit: Audited) -> None:
    await audit.fill(600, 300)
    ids = await numbers(audit)
    await audit.sql("UPDATE audit SET decision = 'not_found' WHERE id = :i", i=ids[77])
    await audit.sql("DELETE FROM audit WHERE id = :i", i=ids[400])
    assert [(one.kind, one.first) for one in (await audit.verdict()).bad] == [(Kind.CHANGED, 77), (Kind.MISSING, 400)]


async def test_a_commit_that_comes_late_gets_its_number_however_late(postgres_url: str, tmp_path: Path) -> None:
    """Ids are not in the order of commits: the floor waits for whoever began before, and then it follows."""
    url = postgres_url.replace("{service}", "intake")
    async with audited(PostgresDatabase(url, 4), tmp_path / "witness") as audit:
        ledger, slow = audit.kept.ledger, engine_of(url, 1)
        await audit.sequence()
        async with slow.connect() as late:
            await late.execute(insert(ledger.audit).values(entry(audit.clock(), 1)))
            for number in range(6):
                await audit.enter([number])
                await audit.sequence()
            assert len(await numbers(audit)) == 7
            held = await audit.kept.database.read(partial(floor, ledger=ledger))
            await late.commit()
        await slow.dispose()
        await audit.sequence()
        ids = await numbers(audit)
        assert (len(ids), ids[-1]) == (8, min(ids[1:]))
        for _ in range(4):
            await audit.enter([1])
            await audit.sequence()
        reached = await audit.kept.database.read(partial(floor, ledger=ledger))
        assert held < ids[-1] < max(ids) <= reached
        assert (await audit.verdict()).findings == []


async def test_two_processes_give_no_number_twice(audit: Audited) -> None:
    other = Sequencer(audit.kept, Checkpoints(audit.kept, KEY, FileWitness(audit.witness)), Alerts(NONE))
    await audit.sequence()
    for begin in range(0, 900, 300):
        await audit.enter(range(begin, begin + 300))
        await asyncio.gather(audit.sequencer.step(), other.step(), audit.sequencer.step(), return_exceptions=True)
    await audit.sequence()
    assert len(set(await numbers(audit))) == 901
    assert (await audit.verdict()).bad == []


async def test_a_checkpoint_is_signed_at_least_once_a_minute_while_it_grows_and_else_not(audit: Audited) -> None:
    await audit.enter([1])
    await audit.sequence()
    begun = len(audit.notes())
    for _ in range(5):
        audit.clock.advance(minutes=5)
        await audit.sequencer.step()
    assert len(audit.notes()) == begun
    await audit.enter([2])
    await audit.sequencer.step()
    assert len(audit.notes()) == begun + 1
    await audit.enter([3])
    await audit.sequencer.step()
    assert len(audit.notes()) == begun + 1
    audit.clock.advance(seconds=EVERY.total_seconds())
    await audit.sequencer.step()
    assert len(audit.notes()) == begun + 2
    assert EVERY.total_seconds() <= 60


async def test_a_tree_that_was_changed_is_not_signed(audit: Audited) -> None:
    await audit.fill(300, 300)
    await audit.sql("UPDATE audit_leaf SET hash = :h WHERE number = 7", h=b"\0" * 32)
    await audit.sql("UPDATE audit_node SET hash = :h", h=b"\0" * 32)
    begun = len(audit.notes())
    await audit.enter([1])
    audit.clock.advance(minutes=1)
    with pytest.raises(Forked):
        await audit.sequencer.step()
    assert len(audit.notes()) == begun


async def test_a_note_is_as_others_read_it(audit: Audited) -> None:
    """C2SP: three lines and ours, an empty line, a dash; the key's id binds its name."""
    await audit.enter([1])
    await audit.sequence()
    note = audit.notes()[0]
    text_, _, signature = note.partition("\n\n")
    origin, size, root, *more = text_.split("\n")
    assert origin.startswith("homeward.audit/intake/")
    assert (int(size), len(base64.b64decode(root))) == (2, 32)
    assert [line.split(" ")[0] for line in more] == ["serial", "at"]
    assert signature.startswith(f"\u2014 {origin} ")
    assert base64.b64decode(signature.split(" ")[2])[:4] == key_hash(origin, public_bytes(KEY))
    assert verifier(origin, public_bytes(KEY)).split("+")[0] == origin
    assert signed_by(note, origin, public_bytes(KEY))
    for changed in (
        note.replace("\n2\n", "\n3\n"),
        note.replace("serial 1", "serial 2"),
        note.replace("\n\n", "\n \n\n"),
    ):
        assert not signed_by(changed, origin, public_bytes(KEY))


async def test_a_later_version_of_the_table_is_hashed_by_its_own_columns(tmp_path: Path) -> None:
    """Entries of before keep the form of before; a column that came later is hashed from then on."""
    store, witness = tmp_path / "intake.db", tmp_path / "witness"
    async with audited(SqliteDatabase(store), witness) as before:
        await before.enter(range(3))
        await before.sequence()
        await before.sql("ALTER TABLE audit ADD COLUMN subject VARCHAR")
    async with audited(SqliteDatabase(store), witness, more=[Column("subject", String)]) as audit:
        audit.clock.advance(days=1)
        await audit.enter([3], subject="case/1")
        await audit.sequence()
        assert (await audit.verdict()).findings == []
        forms = text("SELECT form, count(*) FROM audit_leaf GROUP BY form ORDER BY form")
        found = await audit.kept.database.read(lambda conn: conn.execute(forms).all())
        assert [tuple(row) for row in found] == [(1, 4), (2, 1)]
        await audit.sql("UPDATE audit SET subject = 'case/2' WHERE subject = 'case/1'")
        assert [one.kind for one in (await audit.verdict()).bad] == [Kind.CHANGED]


async def test_a_write_that_was_cut_short_harms_no_other_note(audit: Audited, tmp_path: Path) -> None:
    await audit.enter([1])
    await audit.sequence()
    whole = audit.witness.read_bytes()
    audit.witness.write_bytes(whole + whole[:60])
    await audit.enter([2])
    await audit.sequence()
    assert (await audit.verdict()).findings == []
    with pytest.raises(NotTaken):
        await FileWitness(tmp_path).take(Sent(0, 1, "note", 0, []))


async def test_what_an_entry_is_about_is_found_by_an_index(audit: Audited) -> None:
    await audit.enter(range(100), subjects=["case/" + "1" * 32, "person/" + "2" * 32])
    await audit.sequence()
    about = audit.kept.ledger.audit_about
    query = select(about.c.subject, func.count()).group_by(about.c.subject)
    found = await audit.kept.database.read(lambda conn: {row[0]: row[1] for row in conn.execute(query)})
    assert found["case/" + "1" * 32] == found["person/" + "2" * 32] == 100
