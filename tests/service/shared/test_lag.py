"""How far behind a service is: each figure is zero when all is well, and moves with its own trouble only."""

from dataclasses import replace
from datetime import timedelta
from time import perf_counter

from sqlalchemy import insert, text

from shared.bus.lag import Lag, Waiting, lag, quick_lag, reach, unheard
from shared.events.envelope import encode
from shared.events.record import Record
from tests.support.eventually import within
from tests.support.tale import CASE, NOW, Counted, Refuted, tale, told
from tests.support.three import Three

NONE = Waiting(0, 0, 0.0)
OTHER = "d" * 32


async def grants(tellers: Three) -> Lag:
    return replace(await lag(tellers.stores["grants"]), positions={})


async def test_nothing_is_behind_where_nothing_was_told(tellers: Three) -> None:
    assert await grants(tellers) == Lag(NONE, NONE, NONE, 0, NONE, 0, 0, {})
    assert await unheard(tellers.bus, (await lag(tellers.stores["grants"])).positions) == 0


async def test_what_is_not_published_is_pending_since_it_was_recorded(tellers: Three) -> None:
    await tellers.tell(*tale(3), *tale(1, case=OTHER))
    tellers.clock.forward(61)
    assert (await lag(tellers.stores["intake"])).pending == Waiting(4, 2, 60.0)
    await tellers.relay()
    assert (await lag(tellers.stores["intake"])).pending == NONE


async def test_a_scrape_with_300_000_pending_is_quick_and_reads_none_of_them(tellers: Three) -> None:
    await tellers.tell(*tale(3))
    tellers.clock.forward(61)
    intake = tellers.stores["intake"]
    more = text(
        "WITH RECURSIVE number(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM number WHERE n < 300000) "
        "INSERT INTO pending (journal_id) SELECT n FROM number"
    )
    await intake.database.write(lambda conn: conn.execute(more))
    took = []
    for _ in range(5):
        began = perf_counter()
        assert (await quick_lag(intake)).pending == Waiting(300_000, 0, 60.0)
        took.append(perf_counter() - began)
    assert min(took) < within(0.2)


async def test_what_is_published_and_not_heard_is_counted_by_the_bus(tellers: Three) -> None:
    await tellers.tell(*tale(3))
    await tellers.relay()
    assert await unheard(tellers.bus, (await lag(tellers.stores["grants"])).positions) == 3
    await tellers.hear()
    assert await unheard(tellers.bus, (await lag(tellers.stores["grants"])).positions) == 0


async def test_a_bus_that_cannot_tell_says_so(tellers: Three) -> None:
    class Plain:
        topic = "case-events"

    assert await unheard(Plain(), {}) is None  # type: ignore[arg-type]


async def test_a_gap_is_held_and_a_poison_is_parked(tellers: Three) -> None:
    first, *_, last = tale(3)
    await tellers.bus.publish([encode(first), encode(last)])
    await tellers.bus.publish([encode(told(Refuted(case_ref=OTHER), 1)), encode(tale(2, case=OTHER)[1])])
    await tellers.bus.publish([Record("nobody", {}, b"")])
    await tellers.hear("grants")
    tellers.clock.forward(30)
    found = await grants(tellers)
    assert (found.held, found.parked, found.unreadable) == (Waiting(1, 1, 30.0), Waiting(2, 1, 30.0), 1)


async def test_to_dos_are_due_failing_or_refused(tellers: Three) -> None:
    row = {"subject": f"case/{CASE}", "reaction": "greet", "attempts": 0}
    soon, later = NOW - timedelta(seconds=5), NOW + timedelta(days=1)
    rows = [
        {**row, "cause": "1", "due_at": None},
        {**row, "cause": "2", "due_at": soon, "attempts": 3},
        {**row, "cause": "3", "due_at": later},
    ]
    await tellers.change("grants", lambda book: insert(book.todo).values(rows))
    gone = {"subject": f"case/{CASE}", "cause": "4", "reaction": "greet", "code": "refused", "at": NOW}
    gone |= {"ref": "1" * 32, "version": 1, "status": "open", "recorded_at": NOW, "updated_at": NOW}
    dismissed = gone | {"ref": "2" * 32, "version": 2, "status": "dismissed"}
    await tellers.change("grants", lambda book: insert(book.attention).values([gone, dismissed]))
    found = await grants(tellers)
    assert (found.due, found.failing, found.attention) == (Waiting(2, 1, 5.0), 1, 1)


async def test_a_view_reaches_what_it_took_in(tellers: Three) -> None:
    await tellers.lives(CASE, OTHER)
    assert await reach(tellers.stores["grants"]) == {"grants": 2, "intake": 6, "screening": 4}
    await tellers.tell(told(Counted(case_ref=CASE, number=4), 4))
    assert (await reach(tellers.stores["intake"]))["intake"] == 7
    assert (await reach(tellers.stores["grants"]))["intake"] == 6
