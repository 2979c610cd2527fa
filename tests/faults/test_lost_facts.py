"""What a store lost that was put back: known to whoever had told or heard it, shown to people, answered once."""

from datetime import timedelta

import pytest

from shared.bus.adopting import adopt
from shared.journey.lost import KIND, LOST
from tests.faults.test_adopted import LATER, adopted, exact, lost
from tests.faults.test_went_back import CASES, grown
from tests.faults.test_what_arrives import written
from tests.support.load.copies import Copies
from tests.support.load.ground import Books, Ground
from tests.support.load.pair import pair


def missing(books: Books, service: str) -> set[str]:
    """The ids of intake's facts that a service knows to be lost."""
    rows = books.of(service, "superseded")
    return {row["event_id"] for row in rows if row["source"] == "intake" and row["status"] == LOST}


def called(books: Books, service: str) -> set[str]:
    """About what a service calls people, since something of intake was lost."""
    rows = books.of(service, "attention")
    return {row["subject"] for row in rows if row["reaction"] == KIND and row["cause"].startswith("intake:")}


async def test_what_is_lost_is_shown_by_whoever_had_told_or_heard_it(ground: Ground, seed: int) -> None:
    gone = await lost(ground, seed, Copies(ground))
    async with pair(ground, seed) as one:
        await one.hears("intake")
        await adopted(one)
        await written(one, 2, CASES)
        books = await exact(one)
    for service in ("intake", "grants"):
        assert missing(books, service) == gone
        assert called(books, service) == {f"case/{case}" for case in (*CASES, LATER)}
    assert {row["type"] for row in books.of("intake", "superseded")} <= {
        "intake.load.counted.v1",
        "intake.load.looked.v1",
    }


@pytest.mark.parametrize("where", ["the topic", "a peer"])
async def test_what_the_source_lost_it_learns_from_the_topic_or_from_a_peer(
    embedded: Ground, seed: int, where: str
) -> None:
    """In time or late: the log is lost and the peer's store is there, or the topic is read after the adoption alone."""
    gone = await lost(embedded, seed, Copies(embedded))
    if where == "a peer":
        await embedded.lose_topic()
    async with pair(embedded, seed) as one:
        if where == "a peer":
            await adopted(one)
        else:
            await adopt(one.kept("intake"), [one.kept("intake")])
            assert missing(await embedded.books(), "intake") == set()
            await one.hears("intake")
        books = await embedded.books()
        assert missing(books, "intake") == gone
        assert called(books, "intake") == {f"case/{case}" for case in (*CASES, LATER)}


async def test_a_store_that_lost_nothing_calls_nobody(embedded: Ground, seed: int) -> None:
    """It was adopted because its log was lost."""
    await grown(embedded, seed, Copies(embedded))
    async with pair(embedded, seed) as one:
        await embedded.lose_topic()
    async with pair(embedded, seed) as one:
        await adopted(one)
        await written(one, 1, CASES)
        books = await exact(one)
    assert [missing(books, service) for service in one.services] == [set(), set()]
    assert [called(books, service) for service in one.services] == [set(), set()]


async def test_what_was_answered_a_month_ago_is_not_answered_again(embedded: Ground, seed: int) -> None:
    """A log forgets after thirty days; whoever heard a fact does not."""
    await lost(embedded, seed, Copies(embedded))
    async with pair(embedded, seed) as one:
        before = {row["event_id"] for row in (await embedded.books()).of("intake", "journal")}
        one.clock.by += timedelta(days=31)
        await adopted(one)
        await written(one, 1, CASES)
        books = await exact(one)
    causes = [row["causation"] for row in books.of("grants", "journal")]
    assert len(causes) == len(set(causes))
    assert before & set(causes)
