"""What a store lost that was put back: from whom it learns it, and that nothing is done twice for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from shared.bus.adopting import adopt
from shared.storage.standing import WentBack, watch
from tests.faults.test_adopted import LATER, adopted, called, exact, lost, missing
from tests.faults.test_went_back import CASES, grown, until
from tests.faults.test_what_arrives import written
from tests.support.load.copies import Copies
from tests.support.load.ground import Books, Ground
from tests.support.load.pair import Pair, pair

ALL = sorted(f"case/{case}" for case in (*CASES, LATER))


async def test_where_the_log_is_gone_as_well_what_is_lost_is_known_and_all_is_exact(
    embedded: Ground, seed: int
) -> None:
    """The source learns it from its peer alone. Where the log lives on, the other tests of adoption tell."""
    copies = Copies(embedded)
    await grown(embedded, seed, copies, "intake")
    told = ids(await embedded.books())
    copies.put_back("intake")
    gone = told - ids(await embedded.books())
    await embedded.lose_topic()
    async with pair(embedded, seed) as one:
        await adopted(one)
        await written(one, 1, CASES)
        books = await exact(one)
    assert gone
    for service in one.services:
        assert missing(books, service) == gone
        assert called(books, service) == [f"case/{case}" for case in sorted(CASES)]


def ids(books: Books) -> set[str]:
    """The ids of all that intake says it told."""
    return {row["event_id"] for row in books.of("intake", "journal")}


async def test_what_the_source_reads_of_its_past_after_the_adoption_is_lost_too(embedded: Ground, seed: int) -> None:
    """Its peer could not be asked, and nobody had read the topic."""
    gone = await lost(embedded, seed, Copies(embedded))
    async with pair(embedded, seed) as one:
        await adopt(one.kept("intake"), [one.kept("intake")])
        assert missing(await embedded.books(), "intake") == set()
        await one.hears("intake")
        books = await embedded.books()
    assert missing(books, "intake") == gone
    assert called(books, "intake") == ALL


async def test_a_store_that_lost_nothing_calls_nobody(embedded: Ground, seed: int) -> None:
    """It was adopted because its log was lost."""
    await grown(embedded, seed, Copies(embedded))
    await embedded.lose_topic()
    async with pair(embedded, seed) as one:
        await adopted(one)
        await written(one, 1, CASES)
        books = await exact(one)
    assert [missing(books, service) for service in one.services] == [set(), set()]
    assert [called(books, service) for service in one.services] == [[], []]


async def test_what_was_answered_long_ago_is_not_answered_again(embedded: Ground, seed: int) -> None:
    """Neither what is told once more, nor what was lost and is found again in a newer copy, a month later."""
    older, newer = Copies(embedded), Copies(embedded, "newer")
    await grown(embedded, seed, older, "intake")
    newer.take("intake")
    for later, copies in enumerate((older, newer)):
        copies.put_back("intake")
        async with pair(embedded, seed) as one:
            one.clock.by += timedelta(days=31 * later)
            await adopted(one)
            await written(one, 1, CASES)
            books = await exact(one)
    causes = [row["causation"] for row in books.of("grants", "journal")]
    assert len(causes) == len(set(causes))
    assert ids(books) & set(causes)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_two_replicas_of_each_service_go_over_together(kafka: Ground, seed: int) -> None:
    """One of them is adopted; each hears some of the partitions, and the last to be closed may be anybody's."""
    gone = await lost(kafka, seed, Copies(kafka))
    async with pair(kafka, seed) as one, pair(kafka, seed) as other:
        mine, theirs = one.kept("intake").standing, other.kept("intake").standing
        async with watched(one), watched(other), one.at_work(), other.at_work():
            await until(lambda: mine.went_back and theirs.went_back)
            for each in (one, other):
                with pytest.raises(WentBack):
                    await each.count(CASES[0])
            await adopted(one)
            await until(lambda: not theirs.went_back)
            await written(other, 2, CASES)
            await until(lambda: not mine.untold and not theirs.untold)
        books = await exact(other)
    for service in one.services:
        assert missing(books, service) == gone
        assert called(books, service) == ALL


@asynccontextmanager
async def watched(one: Pair) -> AsyncIterator[None]:
    """Each service looks every second for what another replica has found."""
    looks = [
        asyncio.create_task(watch(kept.standing, kept.database, kept.ledger, lambda: None))
        for kept in (running.kept for running in one.services.values())
    ]
    try:
        yield
    finally:
        for look in looks:
            look.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await look
