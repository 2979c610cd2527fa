"""A view made again in place: what it makes, what it leaves alone, and who moves a subject meanwhile."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from shared.bus import rebuild
from shared.bus.rebuild import Refolded, differences, refold
from shared.errors import Contended
from shared.runtime import Kept
from tests.support.tale import ORGANISATION, STAFF, Counted, Refuted, TaleAssigned, TaleReleased, told
from tests.support.three import Three

CASES = tuple(f"{number:032x}" for number in range(1, 8))
SUBJECT = f"case/{CASES[0]}"


async def again(kept: Kept, **how: Any) -> Refolded:
    return await refold(kept.database, kept.ledger, kept.journey, **how)


async def view(tellers: Three) -> dict[str, list[dict[str, Any]]]:
    return {name: await tellers.rows("grants", name) for name in ("facet", "relation")}


async def lived(tellers: Three) -> dict[str, list[dict[str, Any]]]:
    """Seven cases, people assigned to one of them; the view of grants."""
    await tellers.lives(*CASES)
    who = {"case_ref": CASES[0], "staff_ref": STAFF, "organisation_ref": ORGANISATION}
    await tellers.tell(told(TaleAssigned(kind="TEAM", **who), 4), told(TaleAssigned(kind="PLAN", **who), 5))
    await tellers.tell(told(TaleReleased(kind="TEAM", **who), 6))
    await tellers.relay()
    await tellers.hear()
    return await view(tellers)


async def spoiled(tellers: Three) -> None:
    await tellers.change("grants", lambda book: update(book.facet).values(data={"numbers": [0]}))
    await tellers.change("grants", lambda book: book.relation.delete())


async def test_it_makes_the_view_again_and_tells_how_far_it_is(tellers: Three) -> None:
    live, grants = await lived(tellers), tellers.stores["grants"]
    todos = await tellers.rows("grants", "todo")
    await spoiled(tellers)
    seen: list[tuple[int, int]] = []
    assert await again(grants, progress=lambda done, total: seen.append((done, total))) == Refolded(7, 7, ())
    assert await view(tellers) == live
    assert await tellers.rows("grants", "todo") == todos
    assert seen == [(7, 7)]


async def test_a_facet_that_nothing_was_told_of_goes(tellers: Three) -> None:
    live = await lived(tellers)
    row = {**live["facet"][0], "subject": f"case/{'f' * 32}"}
    await tellers.change("grants", lambda book: book.facet.insert().values(row))
    assert await again(tellers.stores["grants"]) == Refolded(8, 1, ())
    assert await view(tellers) == live


async def test_where_nothing_differs_nothing_is_written(tellers: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    await lived(tellers)
    monkeypatch.setattr("shared.bus.rebuild._write", None)
    assert await again(tellers.stores["grants"]) == Refolded(7, 0, ())


async def test_stopped_half_way_it_is_finished_by_running_again(
    tellers: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, grants = await lived(tellers), tellers.stores["grants"]
    await spoiled(tellers)
    monkeypatch.setattr(rebuild, "PORTION", 2)

    def stop(done: int, _: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await again(grants, progress=stop)
    assert len({subject for (_, subject), _ in await of(grants)}) == 3
    assert await again(grants) == Refolded(7, 3, ())
    assert await view(tellers) == live


async def of(kept: Kept) -> list[Any]:
    return await differences(kept.database, kept.ledger, kept.journey)


async def test_a_subject_that_moves_meanwhile_is_folded_with_what_came(
    tellers: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived(tellers)
    grants = tellers.stores["grants"]
    await spoiled(tellers)
    look = rebuild._look

    async def and_somebody_moves_it(*given: Any) -> Any:
        found = await look(*given)
        await tellers.tell(told(Counted(case_ref=CASES[0], number=70), 7))
        await tellers.relay()
        await tellers.hear()
        return found

    monkeypatch.setattr(rebuild, "_look", and_somebody_moves_it)
    assert await again(grants) == Refolded(7, 7, ())
    monkeypatch.undo()
    assert await of(grants) == []
    [facet] = [
        row for row in await tellers.rows("grants", "facet") if (row["subject"], row["source"]) == (SUBJECT, "intake")
    ]
    assert (facet["version"], facet["data"]["numbers"]) == (7, [1, 2, 3, 70])


async def test_a_view_is_never_seen_half_made(tellers: Three) -> None:
    live, grants = await lived(tellers), tellers.stores["grants"]
    await spoiled(tellers)
    before, seen = await view(tellers), []
    task = asyncio.create_task(again(grants))
    while not task.done():
        rows = await grants.database.read(lambda conn: conn.execute(grants.ledger.facet.select()).mappings().all())
        seen.append([dict(row) for row in rows])
        await asyncio.sleep(0)
    await task

    def parts(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
        return {(row["subject"], row["source"]): (row["version"], row["data"]) for row in rows}

    old, new = parts(before["facet"]), parts(live["facet"])
    for now in map(parts, seen):
        assert now.keys() == old.keys()
        assert all(row in (old[key], new[key]) for key, row in now.items())


async def test_a_step_that_fails_leaves_its_subject_as_it_was(tellers: Three) -> None:
    live, grants = await lived(tellers), tellers.stores["grants"]
    here = {"source": "intake", "subject": SUBJECT, "version": 1}
    await tellers.change("grants", lambda book: update(book.heard).filter_by(**here).values(type=Refuted.type))
    await spoiled(tellers)
    before = {(row["subject"], row["source"]): row for row in (await view(tellers))["facet"]}
    assert await again(grants) == Refolded(7, 6, (SUBJECT,))
    for row in (await view(tellers))["facet"]:
        key = row["subject"], row["source"]
        if row["subject"] == SUBJECT:
            assert row == before[key]
        else:
            assert row in live["facet"]


async def test_two_in_each_others_way_try_again(tellers: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    await lived(tellers)
    grants = tellers.stores["grants"]
    await spoiled(tellers)
    write, tries = rebuild._write, []

    def contended(*given: Any) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise Contended
        write(*given)

    monkeypatch.setattr(rebuild, "_write", contended)
    assert await again(grants) == Refolded(7, 7, ())
    assert await of(grants) == []
    assert len(tries) == 3
