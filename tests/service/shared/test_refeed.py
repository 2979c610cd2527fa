"""A journal published once more: whoever lost something gets it back, whoever has it drops it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from shared.bus.embedded import EmbeddedBus
from shared.bus.lag import lag
from shared.bus.refeed import PORTION, Refed, Wanted, refeed
from shared.bus.verify import verify
from shared.storage.ledger import Ledger
from tests.support.tale import CASE, Counted, tale, told
from tests.support.three import NAMES, Three

OTHER = "d" * 32


async def fed_again(tellers: Three, run: str = "run-1", **wanted: Any) -> dict[str, Refed]:
    return {name: await refeed(tellers.stores[name], tellers.bus, run, Wanted(**wanted)) for name in NAMES}


async def exact(tellers: Three) -> bool:
    return (await verify(list(tellers.stores.values()), patience=0, deep=True)).exact


async def view(tellers: Three) -> list[object]:
    return [await tellers.rows(name, table) for name in NAMES for table in ("heard", "facet", "relation", "todo")]


async def test_whoever_has_it_drops_it(tellers: Three) -> None:
    await tellers.lives(CASE, OTHER)
    before = await view(tellers)
    assert await fed_again(tellers) == {"intake": Refed(6, 6), "screening": Refed(4, 4), "grants": Refed(2, 2)}
    await tellers.hear()
    assert await view(tellers) == before


async def test_rows_that_were_lost_come_back(tellers: Three) -> None:
    await tellers.lives(CASE, OTHER)
    await tellers.change("grants", lambda book: book.heard.delete().filter_by(source="intake", subject=f"case/{CASE}"))
    await tellers.change("grants", lambda book: book.facet.delete().filter_by(source="intake", subject=f"case/{CASE}"))
    await tellers.change("grants", lambda book: book.todo.delete().filter_by(subject=f"case/{CASE}"))
    assert not await exact(tellers)
    await fed_again(tellers)
    await tellers.hear()
    assert await exact(tellers)


async def test_a_lost_consumer_is_fed_from_a_log_that_forgot_the_beginning(tellers: Three) -> None:
    """It starts at what the log still has, holds what begins in the middle, and is complete after the refeed."""
    await tellers.lives(CASE)
    tellers.clock.forward(timedelta(days=31).total_seconds())
    await tellers.bus.stop()
    tellers.bus = EmbeddedBus(tellers.bus._path, clock=tellers.clock)
    await tellers.bus.start()
    for table in ("heard", "facet", "relation", "bus_offset", "todo"):
        await tellers.change("screening", partial(_emptied, table))
    await tellers.tell(told(Counted(case_ref=CASE, number=4), 4))
    await tellers.relay()
    await tellers.hear()
    held = await lag(tellers.stores["screening"])
    assert (held.held.count, held.parked.count) == (1, 0)

    await fed_again(tellers)
    await tellers.hear()
    assert (await lag(tellers.stores["screening"])).held.count == 0
    await tellers.bus.stop()


def _emptied(table: str, book: Ledger) -> Any:
    return getattr(book, table).delete()


async def test_one_subject_alone(tellers: Three) -> None:
    await tellers.lives(CASE, OTHER)
    found = await fed_again(tellers, subject=f"case/{OTHER}")
    assert [fed.published for fed in found.values()] == [3, 2, 1]


async def test_from_a_moment_or_behind_an_id(tellers: Three) -> None:
    await tellers.tell(*tale(5))
    intake = tellers.stores["intake"]
    since = tale(5)[2].recorded
    assert await refeed(intake, tellers.bus, "a", Wanted(since=since)) == Refed(3, 5)
    assert await refeed(intake, tellers.bus, "b", Wanted(after=4)) == Refed(1, 5)
    assert await refeed(intake, tellers.bus, "c", Wanted(since=since + timedelta(days=1))) == Refed(0, 5)


async def test_a_clock_that_was_set_back_leaves_nothing_out(tellers: Three) -> None:
    facts = tale(5)
    await tellers.tell(*facts)
    back = facts[0].recorded - timedelta(hours=1)
    await tellers.change("intake", lambda book: update(book.journal).filter_by(version=4).values(recorded=back))
    assert await refeed(tellers.stores["intake"], tellers.bus, "a", Wanted(since=facts[2].recorded)) == Refed(3, 5)


async def test_it_goes_portion_by_portion_and_says_how_far(tellers: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PORTION > 2
    monkeypatch.setattr("shared.bus.refeed.PORTION", 2)
    await tellers.tell(*tale(5))
    seen: list[tuple[int, int]] = []
    intake = tellers.stores["intake"]
    assert await refeed(intake, tellers.bus, "a", Wanted(), lambda *at: seen.append(at)) == Refed(5, 5)
    assert seen == [(2, 5), (4, 5), (5, 5)]


async def test_a_parked_version_is_tried_again_with_it(tellers: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    await tellers.tell(*tale(2))
    with monkeypatch.context() as broken:
        broken.setattr("shared.bus.inbox.decode_at", lambda stream, version, record: 1 / 0)
        await tellers.relay()
        await tellers.hear("grants")
    assert (await lag(tellers.stores["grants"])).parked.count == 2
    await fed_again(tellers)
    await tellers.hear()
    assert await exact(tellers)
