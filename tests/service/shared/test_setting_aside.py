"""What an operator sets aside on purpose: for ever, with a reason, and everything behind it goes on."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from shared.bus.bodies import Bodies
from shared.bus.consumer import Consumer
from shared.bus.heard import UNREADABLE
from shared.bus.lag import lag
from shared.bus.parked import parked
from shared.bus.reasons import Reason
from shared.bus.rebuild import refold
from shared.bus.refeed import HEADER
from shared.bus.setting_aside import By, Range, dismiss, set_aside, skip
from shared.bus.verdict import Kind
from shared.bus.verify import verify
from shared.events.envelope import Envelope, Stream, encode
from shared.events.record import Record
from tests.support.listening import Listener
from tests.support.opened import opened
from tests.support.tale import CASE, NOW, Refuted, tale, told
from tests.support.three import Three

HERE = Stream("intake", f"case/{CASE}")
BY = By("a" * 32, Reason.NOT_OURS)


async def poisoned(listener: Listener, *behind: Envelope) -> None:
    """The second fact of the case cannot be applied; what comes behind waits for it."""
    await listener.hear(tale(1)[0], told(Refuted(case_ref=CASE), 2), *behind)


async def fed_again(listener: Listener, *facts: Envelope) -> None:
    records = [encode(fact) for fact in facts]
    await listener.bus.publish([replace(one, headers={**one.headers, HEADER: "again"}) for one in records])
    await listener.drain()


async def test_a_poison_that_is_dismissed_lets_what_is_behind_it_go_on(listener: Listener) -> None:
    await poisoned(listener, *tale(4)[2:])
    assert await listener.statuses() == {1: "applied", 2: "parked", 3: "parked", 4: "parked"}
    assert not await dismiss(listener.kept, listener.bus, HERE, 3, BY)
    assert not await dismiss(listener.kept, listener.bus, Stream("grants", HERE.subject), 2, BY)
    assert await dismiss(listener.kept, listener.bus, HERE, 2, BY)
    assert await listener.statuses() == {1: "applied", 2: "dismissed", 3: "applied", 4: "applied"}
    assert await listener.numbers() == [1, 3, 4]
    assert not await dismiss(listener.kept, listener.bus, HERE, 2, BY)
    [row] = await set_aside(listener.kept)
    assert (
        row.items()
        >= {
            "at": NOW,
            "staff_ref": BY.staff,
            "source": "intake",
            "subject": HERE.subject,
            "version": 2,
            "why": "step_failed",
            "reason": "NOT_OURS",
        }.items()
    )
    gone = (await listener.rows(listener.kept.ledger.heard))[1]
    assert (gone["raw"], gone["headers"]) == (None, None)
    assert gone["digest"]


async def test_it_stays_dismissed_when_it_comes_again_and_when_the_view_is_made_again(listener: Listener) -> None:
    await poisoned(listener)
    assert await dismiss(listener.kept, listener.bus, HERE, 2, BY)
    before = await listener.view()
    await listener.hear(told(Refuted(case_ref=CASE), 2), tale(2)[1])
    done = await refold(listener.kept.database, listener.kept.ledger, listener.kept.journey)
    assert (done.changed, done.failed) == (0, ())
    assert await listener.view() == before
    await listener.hear(tale(3)[2])
    assert await listener.numbers() == [1, 3]


async def test_verify_counts_what_was_dismissed_and_calls_the_rest_exact(tellers: Three) -> None:
    await tellers.lives(CASE)
    fourth = tale(4)[3]
    await tellers.tell(fourth)
    await tellers.bus.publish([replace(encode(fourth), value=b"broken")])
    await tellers.hear()
    stores = list(tellers.stores.values())
    assert not (await verify(stores, patience=0)).exact
    for name in ("screening", "grants"):
        assert await dismiss(tellers.stores[name], tellers.bus, HERE, 4, BY)
    await tellers.relay()
    await tellers.hear()
    verdict = await verify(stores, patience=0, deep=True)
    assert verdict.exact, verdict.findings
    assert verdict.count(Kind.DISMISSED) == 2


async def test_an_unreadable_record_that_is_dismissed_is_counted_no_more(tellers: Three) -> None:
    await tellers.bus.publish([Record("nobody", {}, b"a name")])
    await tellers.hear("grants")
    grants = tellers.stores["grants"]
    [row] = await parked(grants)
    assert (await lag(grants)).unreadable == 1
    assert await dismiss(grants, tellers.bus, Stream(UNREADABLE, row.subject), 1, BY)
    assert await parked(grants) == []
    assert (await lag(grants)).unreadable == 0
    assert [row["subject"] for row in await set_aside(grants)] == [row.subject]


async def test_a_range_is_skipped_only_from_within_it_and_the_reader_goes_on_behind(listener: Listener) -> None:
    facts = tale(6)
    await listener.hear(facts[0])
    offsets = await listener.rows(listener.kept.ledger.bus_offset)
    [partition] = [row["partition"] for row in offsets if row["next"] == 1]
    topic = listener.bus.topic
    await listener.bus.publish([encode(fact) for fact in facts[1:]])
    assert await skip(listener.kept, topic, Range(partition, 2, 3), BY) == 1
    assert await skip(listener.kept, topic, Range(partition, 0, 0), BY) == 1
    assert await set_aside(listener.kept) == []
    assert await skip(listener.kept, topic, Range(partition, 0, 2), BY) == 1
    [row] = await set_aside(listener.kept)
    assert (row["source"], row["subject"], row["reason"]) == ("skipped", f"{topic}/{partition}/1-2", "NOT_OURS")
    await listener.drain()
    assert await listener.statuses() == {1: "applied", 4: "held", 5: "held", 6: "held"}
    await fed_again(listener, *facts)
    assert await listener.numbers() == [1, 2, 3, 4, 5, 6]


async def test_what_waited_in_clear_is_sealed_at_the_next_start(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await poisoned(listener)
    poison, heard = encode(told(Refuted(case_ref=CASE), 2)), listener.kept.ledger.heard
    clear = update(heard).where(heard.c.version == 2)
    written = clear.values(raw=poison.value, headers=dict(poison.headers), digest=None)
    await listener.kept.database.write(lambda conn: conn.execute(written))

    async def ends(self: Consumer, wait: float = 0.0) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Consumer, "step", ends)
    with pytest.raises(KeyboardInterrupt):
        await listener.another().run(lambda: None)
    row = (await listener.rows(heard))[1]
    assert opened(listener.kept, row) == Record(poison.key, dict(poison.headers), poison.value)


async def test_a_body_that_was_moved_does_not_open_and_is_replaced_when_it_comes_again(listener: Listener) -> None:
    await listener.hear(tale(1)[0], *tale(4)[2:])
    held = (await listener.rows(listener.kept.ledger.heard))[2]
    heard = listener.kept.ledger.heard
    moved = update(heard).where(heard.c.version == 3).values(raw=held["raw"])
    await listener.kept.database.write(lambda conn: conn.execute(moved))
    assert opened(listener.kept, (await listener.rows(heard))[1]) == Record(HERE.subject, {}, b"")
    await listener.hear(tale(2)[1])
    assert await listener.statuses() == {1: "applied", 2: "applied", 3: "parked", 4: "parked"}
    await fed_again(listener, tale(3)[2])
    assert await listener.numbers() == [1, 2, 3, 4]


def test_a_digest_is_the_same_for_the_same_record_and_service_alone() -> None:
    one, other = Record("a", {"x": "y"}, b"z"), Record("a", {"x": "y"}, b"other")
    mine, theirs = Bodies(b"mine"), Bodies(b"theirs")
    assert mine.sealed(one, "p")["digest"] == mine.sealed(one, "q")["digest"]
    assert mine.sealed(one, "p")["digest"] != mine.sealed(other, "p")["digest"]
    assert mine.sealed(one, "p")["digest"] != theirs.sealed(one, "p")["digest"]
