"""What waits, told without a word of what it says; and tried again, one subject at a time."""

import pytest
from sqlalchemy import update

from shared.bus.consumer import Consumer
from shared.bus.parked import Parked, Redriven, parked, redrive
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from tests.support.tale import CASE, NOW, Counted, Refuted, tale, told
from tests.support.three import Three

OTHER, THIRD = "d" * 32, "e" * 32


async def arrived(tellers: Three, *facts: Envelope) -> None:
    """Grants hears these facts, whoever told them."""
    await tellers.bus.publish([encode(fact) for fact in facts])
    await tellers.hear("grants")


async def poisoned(tellers: Three, case: str) -> None:
    """The second fact of this case cannot be applied, and the third stands behind it."""
    first, _, third = tale(3, case=case)
    await arrived(tellers, first, told(Refuted(case_ref=case), 2), third)


async def mended(tellers: Three, case: str) -> None:
    """As after a release that knows what to do with it: the fact that was refused is one that can be counted."""
    fact = encode(told(Counted(case_ref=case, number=2), 2))
    here = {"source": "intake", "subject": f"case/{case}", "version": 2}
    row = {"headers": dict(fact.headers), "raw": fact.value, "digest": None}
    await tellers.change("grants", lambda book: update(book.heard).filter_by(**here).values(row))


async def test_what_waits_is_listed_by_stream(tellers: Three) -> None:
    assert await parked(tellers.stores["grants"]) == []
    await poisoned(tellers, CASE)
    tellers.clock.forward(60)
    await arrived(tellers, tale(4, case=OTHER)[3])
    await tellers.bus.publish([Record("nobody", {"content": "never shown"}, b"never shown")])
    await tellers.hear("grants")
    later = tellers.clock.now
    found = await parked(tellers.stores["grants"])
    assert found[:2] == [
        Parked("intake", f"case/{CASE}", 2, 2, "step_failed", NOW),
        Parked("intake", f"case/{OTHER}", 4, 1, "gap", later),
    ]
    assert (found[2].source, found[2].why, found[2].waiting) == ("unreadable", "unreadable", 1)
    assert "never shown" not in repr(found)


async def test_all_that_waits_is_tried_again_in_order(tellers: Three) -> None:
    for case in (CASE, OTHER):
        await poisoned(tellers, case)
        await mended(tellers, case)
    await poisoned(tellers, THIRD)
    seen: list[tuple[int, int]] = []
    grants = tellers.stores["grants"]
    assert await redrive(grants, tellers.bus, None, lambda *at: seen.append(at)) == Redriven(3, 4, 2)
    assert [row.subject for row in await parked(grants)] == [f"case/{THIRD}"]
    facets = {row["subject"]: row["data"]["numbers"] for row in await tellers.rows("grants", "facet")}
    assert facets == {f"case/{CASE}": [1, 2, 3], f"case/{OTHER}": [1, 2, 3], f"case/{THIRD}": [1]}
    assert seen == [(1, 3), (2, 3), (3, 3)]


async def test_one_subject_alone_is_tried_again(tellers: Three) -> None:
    for case in (CASE, OTHER):
        await poisoned(tellers, case)
        await mended(tellers, case)
    grants = tellers.stores["grants"]
    assert await redrive(grants, tellers.bus, f"case/{OTHER}") == Redriven(1, 2, 0)
    assert [row.subject for row in await parked(grants)] == [f"case/{CASE}"]
    assert await redrive(grants, tellers.bus, "case/unknown") == Redriven(0, 0, 0)


async def test_an_interrupted_redrive_keeps_what_is_done_and_goes_on(
    tellers: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    for case in (CASE, OTHER, THIRD):
        await poisoned(tellers, case)
        await mended(tellers, case)
    grants, whole = tellers.stores["grants"], Consumer.redrive

    async def dies_at_the_second(self: Consumer, subject: str) -> int:
        if subject == f"case/{OTHER}":
            raise KeyboardInterrupt
        return await whole(self, subject)

    monkeypatch.setattr(Consumer, "redrive", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        await redrive(grants, tellers.bus)
    assert [row.subject for row in await parked(grants)] == [f"case/{OTHER}", f"case/{THIRD}"]
    monkeypatch.undo()
    assert await redrive(grants, tellers.bus) == Redriven(2, 4, 0)


async def test_an_unreadable_record_is_not_tried_and_takes_no_lock(tellers: Three) -> None:
    await tellers.bus.publish([Record("nobody", {}, b"")])
    await tellers.hear("grants")
    assert await redrive(tellers.stores["grants"], tellers.bus) == Redriven(0, 0, 0)
    assert await tellers.rows("grants", "stream") == []
