"""A store or a log that was lost, or put back from an older copy: what nobody knows any more is said, not dropped."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from shared.bus.port import Measured
from shared.events.envelope import CLOSED
from shared.events.record import Record
from shared.storage.standing import WentBack
from tests.faults.test_what_arrives import HEALTHY, written
from tests.support.eventually import REST
from tests.support.load.copies import Copies
from tests.support.load.ground import Books, Ground
from tests.support.load.oracles import faults
from tests.support.load.pair import Pair, pair

CASES = HEALTHY[:2]


async def until(met: Callable[[], bool]) -> None:
    """Wait for it, while the loops run."""
    async with asyncio.timeout(REST):
        while not met():  # noqa: ASYNC110 -- it is a figure of the product, which rings no bell for us
            await asyncio.sleep(0.01)


async def grown(ground: Ground, seed: int, copies: Copies, *names: str) -> set[tuple[str, int]]:
    """A load that goes on after its stores were copied; the places of what intake told since."""
    async with pair(ground, seed) as one:
        await written(one, 2, CASES)
        before = places(await one.exact())
    copies.take(*names)
    async with pair(ground, seed) as one:
        await written(one, 1, CASES)
        return places(await one.exact()) - before


def places(books: Books, table: str = "journal") -> set[tuple[str, int]]:
    """Where intake's facts stand, or what spoke against it."""
    return {(row["subject"], row["version"]) for row in books.of("intake", table)}


async def all_exact(one: Pair) -> None:
    """Let the loops run until nothing is amiss."""
    async with one.at_work(), asyncio.timeout(REST):
        while faults(await one.ground.books()):
            one.clock.by += one.clock.by.resolution * 1_000_000
            await asyncio.sleep(0.05)


async def looked(one: Pair) -> None:
    """Let the loops run until both services have looked at the topic, and may publish."""
    assert isinstance(one.bus, Measured)
    async with one.at_work(), asyncio.timeout(REST):
        while await lives(one) != {one.bus.lives[-1]}:  # noqa: ASYNC110 -- a table rings no bell
            await asyncio.sleep(0.05)


async def lives(one: Pair) -> set[str]:
    """In which lives of the log the services were last."""
    books = await one.ground.books()
    return {row["life"] for service in one.services for row in books.of(service, "bus_log") or [{"life": "none"}]}


@pytest.mark.parametrize("names", [("intake",), ("intake", "grants")], ids=["one store", "all stores"])
async def test_a_store_put_back_from_an_older_copy_is_silent_and_takes_no_writes(
    ground: Ground, seed: int, names: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    copies = Copies(ground)
    lost = await grown(ground, seed, copies, *names)
    copies.put_back(*names)
    async with pair(ground, seed) as one:
        intake, before = one.services["intake"], await ground.records_in_topic()
        # Nobody can know it yet: what is written now stays here.
        await written(one, 2, CASES)
        relay = asyncio.create_task(intake.relay.run(lambda: None))
        await asyncio.sleep(0.2)
        assert await ground.records_in_topic() == before
        with caplog.at_level(logging.ERROR):
            await one.hears("intake")
        assert "a store went back in time" in caplog.text
        await asyncio.sleep(0.2)
        assert await intake.relay.step() == 0
        assert await ground.records_in_topic() == before
        relay.cancel()
        with pytest.raises(WentBack):
            await one.count(CASES[0])
        assert places(await ground.books(), "conflict") == lost
    async with pair(ground, seed) as one:
        # It is remembered: a restart does not forget, nor does another replica begin to write.
        with pytest.raises(WentBack):
            await one.count(CASES[0])


async def test_the_right_store_put_back_after_all_goes_on_as_if_nothing_had_been(ground: Ground, seed: int) -> None:
    older, newer = Copies(ground), Copies(ground, "right")
    await grown(ground, seed, older, "intake")
    newer.take("intake")
    older.put_back("intake")
    async with pair(ground, seed) as one:
        await one.hears("intake")
        assert one.kept("intake").standing.went_back
    newer.put_back("intake")
    async with pair(ground, seed) as one:
        await written(one, 2, CASES)
        await all_exact(one)


async def test_a_store_and_a_log_that_both_went_back_are_told_by_whoever_heard_more(ground: Ground, seed: int) -> None:
    """The log no longer knows it, but a peer has other facts at the same places."""
    copies = Copies(ground)
    await grown(ground, seed, copies, "intake")
    await ground.lose_topic()
    copies.put_back("intake")
    async with pair(ground, seed) as one:
        await written(one, 1, CASES)
        async with one.at_work():
            await until(lambda: one.kept("intake").standing.went_back)
        assert one.kept("grants").standing.conflicts["intake"]
        # Whoever noticed goes on; whoever went back does not.
        assert not one.kept("grants").standing.went_back
        with pytest.raises(WentBack):
            await one.count(CASES[0])


async def test_a_log_that_is_lost_is_fed_again_without_anybody(ground: Ground, seed: int) -> None:
    copies = Copies(ground)
    await grown(ground, seed, copies)
    async with pair(ground, seed) as one:
        async with one.at_work():
            await until(lambda: bool(one.services))
        await written(one, 2, CASES)
        for running in one.services.values():
            await running.relay.step()
    await ground.lose_topic()
    async with pair(ground, seed) as one:
        await all_exact(one)
        assert not one.kept("intake").standing.went_back
        assert await ground.records_in_topic() >= len(await one.records())


@pytest.mark.parametrize("again", [False, True], ids=["of an earlier life", "of this life"])
async def test_a_log_put_back_from_an_older_copy_is_fed_again(embedded: Ground, seed: int, again: bool) -> None:
    copies = Copies(embedded)
    await grown(embedded, seed, copies, "bus")
    async with pair(embedded, seed) as one:
        await looked(one)
        if again:
            copies.take("bus")
        await written(one, 2, CASES)
        await one.exact()
    copies.put_back("bus")
    async with pair(embedded, seed) as one:
        if not again:
            # By the time that anybody looks it is longer than it was: only its lives tell.
            await one.bus.publish([stranger(number) for number in range(400)])
        await written(one, 1, CASES)
        await looked(one)
        await all_exact(one)
        assert await embedded.records_in_topic() > len(await one.records()) + 400 * (not again)


def stranger(number: int) -> Record:
    """A record that nobody has to apply."""
    return Record(f"case/{number:032x}", {"ce_source": "/intake", "ce_type": CLOSED, "ce_partitions": "9"}, b"")


async def test_where_nothing_was_put_back_nothing_is_said_and_nothing_sent_again(
    ground: Ground, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    await grown(ground, seed, Copies(ground))
    before = await ground.records_in_topic()
    with caplog.at_level(logging.WARNING):
        async with pair(ground, seed) as one:
            await all_exact(one)
    assert await ground.records_in_topic() == before
    assert [record.message for record in caplog.records if record.name.startswith("shared")] == []
