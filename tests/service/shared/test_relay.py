"""From the journal to the topic, whatever breaks in between."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from shared.bus.relay import BATCH, Relay
from shared.events.envelope import Envelope, decode
from shared.events.record import Record
from tests.support.eventually import REST
from tests.support.listening import Listener, listening
from tests.support.tale import tale, told_world


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with told_world():
        yield


@pytest.fixture
async def teller(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path) as one:
        yield one


def relay_of(teller: Listener) -> Relay:
    return Relay(teller.kept.database, teller.kept.ledger, teller.bus, "intake", teller.kept.wake)


async def journalled(teller: Listener, facts: Sequence[Envelope]) -> None:
    """What units leave behind: the journal and what is pending."""
    ledger = teller.kept.ledger
    for fact in facts:
        names = ("event_id", "subject", "version", "type", "effective", "recorded", "correlation", "data")
        await teller.write(ledger.journal, **{name: getattr(fact, name) for name in names})
    rows = [row for row in await teller.rows(ledger.journal) if row["position"] is None]
    await teller.kept.database.write(
        lambda conn: conn.execute(insert(ledger.pending), [{"journal_id": row["id"]} for row in rows])
    )


async def on_the_topic(teller: Listener) -> list[Envelope]:
    async def start_at(partition: int) -> int:
        return 0

    found: list[Envelope] = []
    subscription = await teller.bus.subscribe("test", start_at)
    while batch := await subscription.batch(500, 0.0):
        found.extend(decode(delivered.record) for delivered in batch)
    return found


async def positions(teller: Listener) -> list[int | None]:
    return [row["position"] for row in await teller.rows(teller.kept.ledger.journal)]


async def test_what_is_told_arrives_unchanged(teller: Listener) -> None:
    facts = tale(3)
    await journalled(teller, facts)
    assert await relay_of(teller).step() == 3
    assert await on_the_topic(teller) == facts
    assert await teller.rows(teller.kept.ledger.pending) == []


async def test_positions_are_dense_and_rise_with_the_ids(teller: Listener) -> None:
    relay = relay_of(teller)
    await journalled(teller, tale(3))
    await relay.step()
    await journalled(teller, tale(2, case="d" * 32))
    await relay.step()
    assert await positions(teller) == [1, 2, 3, 4, 5]


async def test_a_fact_sent_again_keeps_its_position(teller: Listener) -> None:
    relay = relay_of(teller)
    await journalled(teller, tale(3))
    await relay.step()
    await teller.write(teller.kept.ledger.pending, journal_id=2)
    assert await relay.step() == 1
    assert await positions(teller) == [1, 2, 3]
    assert await on_the_topic(teller) == tale(3)


async def test_batches_are_bounded_and_nothing_is_left(teller: Listener) -> None:
    relay, ledger = relay_of(teller), teller.kept.ledger
    facts = tale(BATCH + 7)
    names = ("event_id", "subject", "version", "type", "effective", "recorded", "correlation", "data")
    rows = [{name: getattr(fact, name) for name in names} for fact in facts]
    await teller.kept.database.write(lambda conn: conn.execute(insert(ledger.journal), rows))
    pending = [{"journal_id": row["id"]} for row in await teller.rows(ledger.journal)]
    await teller.kept.database.write(lambda conn: conn.execute(insert(ledger.pending), pending))
    assert [await relay.step(), await relay.step(), await relay.step()] == [BATCH, 7, 0]
    assert len(await on_the_topic(teller)) == BATCH + 7


async def test_a_late_committer_is_not_skipped(teller: Listener) -> None:
    relay = relay_of(teller)
    await journalled(teller, tale(3))
    await teller.kept.database.write(
        lambda conn: conn.execute(
            teller.kept.ledger.pending.delete().where(teller.kept.ledger.pending.c.journal_id == 1)
        )
    )
    assert await relay.step() == 2
    await teller.write(teller.kept.ledger.pending, journal_id=1)
    assert await relay.step() == 1
    assert sorted(fact.version for fact in await on_the_topic(teller)) == [1, 2, 3]


async def test_when_the_bus_fails_nothing_is_marked(teller: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    await journalled(teller, tale(2))

    async def dead(records: Sequence[Record]) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        patch.setattr(teller.bus, "publish", dead)
        await relay_of(teller).step()
    assert await positions(teller) == [None, None]
    assert await relay_of(teller).step() == 2


async def test_killed_between_sending_and_marking_it_sends_again(
    teller: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journalled(teller, tale(2))
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(teller.kept.database, "write", _killed)
        await relay_of(teller).step()
    assert len(await teller.rows(teller.kept.ledger.pending)) == 2
    assert await relay_of(teller).step() == 2
    assert await positions(teller) == [1, 2]
    assert await on_the_topic(teller) == tale(2)


class Killed(BaseException):
    """What nobody handles."""


async def _killed(work: object) -> None:
    raise Killed


async def test_the_next_batch_is_sent_while_one_is_being_marked_and_nothing_twice(
    teller: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.relay.POLL", 3600)
    database, write, ledger = teller.kept.database, teller.kept.database.write, teller.kept.ledger
    first, second, opened, done = (asyncio.Event() for _ in range(4))
    sent: list[int] = []

    async def publish(records: Sequence[Record]) -> None:
        sent.extend(decode(record).version for record in records)
        (second if 4 in sent else first).set()

    async def marked(work: Callable[[Connection], None]) -> None:
        await opened.wait()
        await write(work)
        if await teller.rows(ledger.pending) == []:
            done.set()

    await journalled(teller, tale(4))
    await write(lambda conn: conn.execute(ledger.pending.delete().where(ledger.pending.c.journal_id == 4)))
    monkeypatch.setattr(teller.bus, "publish", publish)
    monkeypatch.setattr(database, "write", marked)
    running = asyncio.create_task(relay_of(teller).run(lambda: None))
    await asyncio.wait_for(first.wait(), REST)
    await write(lambda conn: conn.execute(insert(ledger.pending), {"journal_id": 4}))
    teller.kept.wake.set()
    await asyncio.wait_for(second.wait(), REST)
    assert await positions(teller) == [None] * 4
    opened.set()
    await asyncio.wait_for(done.wait(), REST)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert sent == [1, 2, 3, 4] and await positions(teller) == [1, 2, 3, 4]


@pytest.mark.parametrize("turns", range(4))
async def test_it_ends_when_it_is_cancelled_just_as_it_is_woken(teller: Listener, turns: int) -> None:
    """`asyncio.wait_for` of Python 3.11 loses a cancellation that comes with what it waits for."""
    running = asyncio.create_task(relay_of(teller).run(lambda: None))
    while not teller.kept.wake._waiters:  # noqa: ASYNC110 -- nothing tells when somebody waits
        await asyncio.sleep(0)
    teller.kept.wake.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=REST)
    assert done == {running} and running.cancelled()


async def test_a_batch_that_could_not_be_marked_is_sent_again(
    teller: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await journalled(teller, tale(3))
    relay = relay_of(teller)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(teller.kept.database, "write", _killed)
        await relay.step()
    assert [await relay.step(), await relay.step()] == [3, 0]
    assert await positions(teller) == [1, 2, 3]


async def test_a_commit_wakes_the_relay_at_once(teller: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.bus.relay.POLL", 3600)

    async def start_at(partition: int) -> int:
        return 0

    subscription, asleep = await teller.bus.subscribe("test", start_at), asyncio.Event()
    running = asyncio.create_task(relay_of(teller).run(asleep.set))
    await journalled(teller, tale(1))
    teller.kept.wake.set()
    assert len(await subscription.batch(10, 10.0)) == 1
    await asyncio.wait_for(asleep.wait(), REST)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
