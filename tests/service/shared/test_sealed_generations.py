"""Bodies that arrive anew, are put aside or contradict: ids in clear, the rest sealed, also what was there before."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table, update

from shared.bus.bodies import Bodies, place_in
from shared.bus.heard import seal_what_is_clear
from shared.events.envelope import encode
from shared.events.generation import Generation
from shared.events.record import Record
from tests.support.listening import Listener
from tests.support.tale import CASE, Refuted, tale, told

NEXT = Generation(1, "a" * 16)
OTHER_ID = "f" * 32
SECOND, THIRD = (encode(fact, NEXT, restored=3) for fact in tale(3)[1:])
CONTRADICTS = encode(replace(tale(1)[0], event_id=OTHER_ID))
POISON = encode(told(Refuted(case_ref=CASE), 2))


async def all_three(listener: Listener) -> Mapping[str, Record]:
    """A contradiction, a stream that arrives anew but not whole, and a record put aside while it waited; by table."""
    ledger = listener.kept.ledger
    await listener.hear(tale(1)[0], told(Refuted(case_ref=CASE), 2))
    await listener.bus.publish([CONTRADICTS, SECOND, THIRD])
    await listener.drain()
    assert [row["version"] for row in await listener.rows(ledger.arriving)] == [2, 3]
    assert await listener.numbers() == [1]
    return {"conflict": CONTRADICTS, "arriving": SECOND}


async def first(listener: Listener, table: Table) -> dict[str, Any]:
    return next(row for row in await listener.rows(table) if row["raw"])


def opened(listener: Listener, table: Table, row: dict[str, Any]) -> Record:
    assert row["headers"] == {}
    assert row["digest"]
    found = Bodies(listener.kept.secret).opened(SimpleNamespace(**row), place_in(table.name, row))
    assert found.value not in row["raw"]
    return found


def plain(record: Record) -> Record:
    return Record(record.key, dict(record.headers), record.value)


async def test_bodies_are_sealed_and_open_where_they_are_needed(listener: Listener) -> None:
    ledger = listener.kept.ledger
    for name, record in (await all_three(listener)).items():
        table = getattr(ledger, name)
        row = await first(listener, table)
        assert opened(listener, table, row) == plain(record)
        assert row["source"] == "intake"
    assert (await first(listener, ledger.conflict))["event_id"] == OTHER_ID

    # The first of it comes last: now it is whole, and what was heard before is put aside.
    await listener.bus.publish([encode(tale(1)[0], NEXT, restored=3)])
    await listener.drain()
    assert await listener.numbers() == [1, 2, 3]
    assert await listener.rows(ledger.arriving) == []
    aside = await first(listener, ledger.superseded)
    assert (aside["status"], aside["version"]) == ("parked", 2)
    assert opened(listener, ledger.superseded, aside) == plain(POISON)


async def test_what_an_earlier_version_left_in_clear_is_read_and_sealed_at_the_next_start(listener: Listener) -> None:
    ledger = listener.kept.ledger
    expected = await all_three(listener)

    async def in_clear(table: Table, record: Record) -> None:
        row = await first(listener, table)
        here = [column == row[column.name] for column in table.primary_key]
        change = update(table).where(*here).values(raw=record.value, headers=dict(record.headers), digest=None)
        await listener.kept.database.write(lambda conn: conn.execute(change))

    for name, record in expected.items():
        await in_clear(getattr(ledger, name), record)
    bodies = Bodies(listener.kept.secret)
    for _ in range(2):
        await listener.kept.database.write(lambda conn: seal_what_is_clear(conn, ledger, bodies))
        for name, record in expected.items():
            table = getattr(ledger, name)
            assert opened(listener, table, await first(listener, table)) == plain(record)
    await in_clear(ledger.arriving, expected["arriving"])
    await listener.bus.publish([encode(tale(1)[0], NEXT, restored=3)])
    await listener.drain()
    assert await listener.numbers() == [1, 2, 3]

    await in_clear(ledger.superseded, POISON)
    await listener.kept.database.write(lambda conn: seal_what_is_clear(conn, ledger, bodies))
    aside = await first(listener, ledger.superseded)
    assert opened(listener, ledger.superseded, aside) == plain(POISON)
    # Put aside by a version that left the digest behind: sealed already.
    change = update(ledger.superseded).values(digest=None)
    await listener.kept.database.write(lambda conn: conn.execute(change))
    await listener.kept.database.write(lambda conn: seal_what_is_clear(conn, ledger, bodies))
    assert (await first(listener, ledger.superseded))["raw"] == aside["raw"]
