"""A store that was put back goes on in a new generation: everybody goes over to it, and what was lost is put aside."""

import asyncio
from typing import Any

import pytest

from shared.bus.adopting import adopt
from shared.bus.looking import Looking
from shared.events.record import Record
from shared.journey.lost import KIND, LOST
from shared.storage import Turn
from shared.storage.standing import WentBack
from tests.faults.test_went_back import CASES, grown, until
from tests.faults.test_what_arrives import HEALTHY, rewind, written
from tests.support.eventually import REST
from tests.support.load.copies import Copies
from tests.support.load.ground import Books, Ground
from tests.support.load.oracles import fed, heard, to_do, told
from tests.support.load.pair import Pair, pair
from tests.support.load.refolding import refolded

LATER = HEALTHY[5]
"""A case that began after the copy."""


def amiss(books: Books) -> list[str]:
    """What is not exact between journals and views, or left to do. What was lost was answered, and stays answered."""
    return [*told(books), *fed(books), *heard(books, False), *to_do(books)]


async def exact(one: Pair) -> Books:
    """Let the loops run until every view is that of the journals, and stays so when they stop.

    A reaction may tell something just while they stop; then they go on.
    """
    async with asyncio.timeout(REST):
        while amiss(books := await one.ground.books()):
            async with one.at_work():
                while amiss(await one.ground.books()):
                    one.clock.by += one.clock.by.resolution * 1_000_000
                    await asyncio.sleep(0.05)
    assert await refolded(books) == []
    return books


def missing(books: Books, service: str) -> set[str]:
    """The ids of intake's facts that a service knows to be lost."""
    rows = books.of(service, "superseded")
    return {row["event_id"] for row in rows if row["source"] == "intake" and row["status"] == LOST}


def called(books: Books, service: str) -> list[str]:
    """About what a service calls people, since something of intake was lost."""
    rows = books.of(service, "attention")
    return sorted(row["subject"] for row in rows if row["reaction"] == KIND and row["cause"].startswith("intake:"))


async def adopted(one: Pair, service: str = "intake") -> None:
    everybody = [running.kept for running in one.services.values()]
    await adopt(one.kept(service), everybody)


async def lost(ground: Ground, seed: int, copies: Copies) -> set[str]:
    """Intake is put back; the ids of what it told since, of which one case is new."""
    await grown(ground, seed, copies, "intake")
    async with pair(ground, seed) as one:
        await written(one, 1, [LATER])
        after = {row["event_id"] for row in (await one.exact()).of("intake", "journal")}
    copies.put_back("intake")
    before = {row["event_id"] for row in (await ground.books()).of("intake", "journal")}
    return after - before


async def test_after_an_adoption_all_go_on_although_versions_were_used_before(ground: Ground, seed: int) -> None:
    gone = await lost(ground, seed, Copies(ground))
    async with pair(ground, seed) as one:
        await one.hears("intake")
        with pytest.raises(WentBack):
            await one.count(CASES[0])
        await adopted(one)
        await written(one, 2, CASES)
        books = await exact(one)
        assert {row["event_id"] for row in books.of("grants", "superseded")} >= gone
        # What began in the lost time is withdrawn: nobody says it any more.
        assert f"case/{LATER}" not in {row["subject"] for row in books.of("grants", "heard")}
        assert not {row["subject"] for row in books.of("grants", "facet") if row["source"] == "intake"} - {
            f"case/{case}" for case in CASES
        }
        # A reaction to a fact that was heard before is not repeated.
        kept = {row["event_id"] for row in books.of("intake", "journal")} - gone
        causes = [row["causation"] for row in books.of("grants", "journal") if row["causation"] in kept]
        assert len(causes) == len(set(causes))
        assert books.of("grants", "arriving") == []
        # Whoever had told or heard what is lost says so to people, once about each stream.
        for service in one.services:
            assert missing(books, service) == gone
            assert called(books, service) == sorted(f"case/{case}" for case in (*CASES, LATER))
    async with pair(ground, seed) as one:
        before = await ground.records_in_topic()
        await written(one, 1, [*CASES, LATER])
        books = await exact(one)
        assert await ground.records_in_topic() < before + len(books.of("intake", "journal")), "told all of it again"
        assert not one.kept("grants").standing.conflicts
        assert one.kept("intake").standing.generation.ordinal == 1


async def test_the_same_copy_put_back_twice_begins_two_generations(embedded: Ground, seed: int) -> None:
    copies = Copies(embedded)
    await lost(embedded, seed, copies)
    # The second has less to say: what the first said beyond that must not be applied behind it.
    for ordinal, many in ((1, 3), (2, 1)):
        async with pair(embedded, seed) as one:
            await adopted(one)
            await written(one, many, [*CASES, LATER])
            await exact(one)
            assert one.kept("intake").standing.generation.ordinal == ordinal
        if ordinal == 1:
            copies.put_back("intake")
    async with pair(embedded, seed) as one:
        # All that was ever told is read once more: older generations are passed over.
        await rewind(one, "grants")
        await one.hears()
        await exact(one)
        assert not one.kept("grants").standing.conflicts


async def test_all_stores_of_one_copy_go_on_with_the_log_that_lived_on(ground: Ground, seed: int) -> None:
    """It holds what nobody here knows any more, under versions that are given once more."""
    copies = Copies(ground)
    await grown(ground, seed, copies, "intake", "grants")
    copies.put_back("intake", "grants")
    async with pair(ground, seed) as one:
        for service in one.services:
            await adopted(one, service)
        await written(one, 2, CASES)
        await exact(one)
        async with one.at_work():
            await until(lambda: not any(one.kept(service).standing.untold for service in one.services))
        await exact(one)
        assert not any(one.kept(service).standing.went_back for service in one.services)


async def test_a_copy_of_before_an_adoption_is_known_although_nothing_was_told_since(
    embedded: Ground, seed: int
) -> None:
    """Everything that it told stands here; but the others would take what it tells next for something old."""
    copies = Copies(embedded)
    async with pair(embedded, seed) as one:
        await written(one, 2, CASES)
        await one.exact()
    copies.take("intake")
    async with pair(embedded, seed) as one:
        await adopted(one)
        async with one.at_work():
            await until(lambda: not one.kept("intake").standing.untold)
        await exact(one)
    copies.put_back("intake")
    async with pair(embedded, seed) as one:
        await one.hears("intake")
        assert one.kept("intake").standing.went_back
        await adopted(one)
        await written(one, 1, CASES)
        await exact(one)
        assert one.kept("intake").standing.generation.ordinal == 2


async def test_a_republication_that_is_broken_off_is_done_again(
    embedded: Ground, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lost(embedded, seed, Copies(embedded))

    def broken(_: str) -> None:
        raise ZeroDivisionError

    async with pair(embedded, seed) as one:
        await adopted(one)
        await one.hears("intake")
        with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
            patch.setattr("shared.bus.looking.failpoint", broken)
            async with Turn().taken(asyncio.Event(), lambda: None) as still:
                await Looking(one.kept("intake"), one.bus).look(lambda: None, still)
    async with pair(embedded, seed) as one:
        standing = one.kept("intake").standing
        assert standing.untold
        async with one.at_work():
            await until(lambda: not standing.untold)
        await exact(one)


async def test_a_view_is_old_until_all_of_the_new_one_is_there(embedded: Ground, seed: int) -> None:
    """Half of a stream in its new generation moves nothing."""
    await lost(embedded, seed, Copies(embedded))
    async with pair(embedded, seed) as one:
        await one.hears()

        async def facets() -> list[dict[str, Any]]:
            rows = (await embedded.books()).of("grants", "facet")
            return [dict(row) for row in rows if row["source"] == "intake"]

        before = await facets()
        await adopted(one)
        [case] = CASES[:1]
        records = [record for record in await one.records() if record.key == f"case/{case}"]
        generation = str(one.kept("intake").standing.generation)
        named = {"ce_generation": generation, "ce_restored": str(len(records))}
        again = [record.__class__(record.key, {**record.headers, **named}, record.value) for record in records]
        await one.publish_all(again[:-1])
        await one.hears()
        assert await facets() == before
        await one.publish_all(again[-1:])
        await one.hears()
        [swapped] = [row for row in await facets() if row["subject"] == f"case/{case}"]
        assert swapped["version"] == len(records) < max(row["version"] for row in before)
        await exact(one)


async def test_what_is_still_heard_of_the_time_before_stops_nobody_again(embedded: Ground, seed: int) -> None:
    await lost(embedded, seed, Copies(embedded))
    async with pair(embedded, seed) as one:
        await adopted(one)
        old = (await one.records())[0]
        await one.publish_all([Record(old.key, {**old.headers, "ce_id": "e" * 32}, old.value)])
        await one.hears()
        assert [row["settled"] for row in (await embedded.books()).of("grants", "conflict")] == [
            str(one.kept("intake").standing.generation)
        ]
        assert not one.kept("intake").standing.went_back
        await one.count(CASES[0])
