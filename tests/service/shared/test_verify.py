"""A comparison that can turn red: each thing that could go wrong is done by hand once, and named."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, update

from shared.bus.sums import unlike
from shared.bus.verdict import Kind, Verdict
from shared.bus.verify import verify
from shared.storage.ledger import Ledger
from tests.support.tale import CASE, NOW, ORGANISATION, STAFF, Counted, Moved, told
from tests.support.three import Three

OTHER = "d" * 32
SUBJECT = f"case/{CASE}"


async def judged(tellers: Three, *, patience: float = 0.0, deep: bool = False) -> Verdict:
    return await verify(list(tellers.stores.values()), patience=patience, deep=deep)


def named(verdict: Verdict) -> list[tuple[str, str, str, int]]:
    return [(kind.value, teller, hearer, version) for kind, teller, hearer, _, version in verdict.findings]


def at(version: int, subject: str = SUBJECT) -> Mapping[str, Any]:
    return {"source": "intake", "subject": subject, "version": version}


async def test_three_who_heard_each_other_are_exact(tellers: Three) -> None:
    await tellers.lives(CASE, OTHER)
    verdict = await judged(tellers, deep=True)
    assert verdict.exact
    assert verdict.findings == []
    assert verdict.told == {"intake": 6, "screening": 4, "grants": 2}
    assert verdict.applied["intake", "grants"] == 6
    assert verdict.applied["grants", "screening"] == 2
    # And no event of them had to be read one by one.
    assert await unlike(list(tellers.stores.values()), [SUBJECT, f"case/{OTHER}"], Verdict()) == set()


async def test_nothing_at_all_is_exact(tellers: Three) -> None:
    assert (await judged(tellers, deep=True)).exact


async def test_what_was_not_heard_is_lost(tellers: Three) -> None:
    await tellers.lives(CASE)
    await tellers.tell(told(Counted(case_ref=CASE, number=4), 4))
    await tellers.relay()
    await tellers.hear("screening")
    assert named(await judged(tellers)) == [("lost", "intake", "grants", 4)]


async def test_what_comes_within_the_patience_is_not_lost(tellers: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    await tellers.lives(CASE)
    await tellers.tell(told(Counted(case_ref=CASE, number=4), 4))

    async def meanwhile(_: float) -> None:
        await tellers.relay()
        await tellers.hear()

    monkeypatch.setattr("shared.bus.verify.asyncio.sleep", meanwhile)
    verdict = await judged(tellers, patience=60)
    assert verdict.exact
    assert verdict.applied["intake", "grants"] == 4


async def test_a_row_taken_from_a_view_is_lost(tellers: Three) -> None:
    await tellers.lives(CASE)
    await tellers.change("grants", lambda book: book.heard.delete().filter_by(**at(2)))
    assert named(await judged(tellers)) == [("lost", "intake", "grants", 2)]


async def test_a_version_that_stands_twice_is_doubled(tellers: Three) -> None:
    await tellers.lives(CASE)
    [row] = [row for row in await tellers.rows("grants", "heard") if (row["source"], row["version"]) == ("intake", 3)]
    await tellers.change("grants", lambda book: insert(book.heard).values(**{**row, "version": 4}))
    assert ("doubled", "intake", "grants", 4) in named(await judged(tellers))


async def test_what_nobody_told_is_named(tellers: Three) -> None:
    await tellers.lives(CASE)
    [row] = [row for row in await tellers.rows("grants", "heard") if (row["source"], row["version"]) == ("intake", 3)]
    forged = {**row, "version": 4, "event_id": "forged"}
    await tellers.change("grants", lambda book: insert(book.heard).values(**forged))
    assert ("untold", "intake", "grants", 4) in named(await judged(tellers))


async def test_two_that_changed_places_are_out_of_order(tellers: Three) -> None:
    await tellers.lives(CASE)
    for before, after in ((1, 99), (2, 1), (99, 2)):
        await tellers.change("grants", partial(_moved, before, after))
    assert named(await judged(tellers)) == [
        ("out_of_order", "intake", "grants", 1),
        ("out_of_order", "intake", "grants", 2),
    ]


def _moved(before: int, after: int, book: Ledger) -> Any:
    return update(book.heard).filter_by(**at(before)).values(version=after)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", '{"case_ref":"' + CASE + '","number":7}'),
        ("effective", NOW - timedelta(days=9)),
        ("recorded", NOW),
        ("correlation", "another"),
        ("type", "intake.tale.whispered.v1"),
        ("event_id", "another"),
    ],
)
async def test_other_words_are_different(tellers: Three, column: str, value: Any) -> None:
    await tellers.lives(CASE)
    await tellers.change("grants", lambda book: update(book.heard).filter_by(**at(2)).values({column: value}))
    assert named(await judged(tellers)) == [("different", "intake", "grants", 2)]


async def test_a_facet_that_is_not_where_its_stream_is(tellers: Three) -> None:
    await tellers.lives(CASE)
    here = {"subject": SUBJECT, "source": "intake"}
    await tellers.change("grants", lambda book: update(book.facet).filter_by(**here).values(version=2))
    await tellers.change("intake", lambda book: book.facet.delete().filter_by(**here))
    assert named(await judged(tellers)) == [("facet", "intake", "intake", 0), ("facet", "intake", "grants", 2)]


async def test_what_waits_is_not_lost_and_not_exact(tellers: Three) -> None:
    await tellers.lives(CASE)
    await tellers.change("grants", lambda book: update(book.heard).filter_by(**at(3)).values(status="parked"))
    verdict = await judged(tellers)
    assert (verdict.count(Kind.WAITING), verdict.count(Kind.LOST)) == (1, 0)
    assert not verdict.exact


async def test_what_overtook_a_fact_that_waits_is_out_of_order(tellers: Three) -> None:
    await tellers.lives(CASE)
    await tellers.change("grants", lambda book: update(book.heard).filter_by(**at(2)).values(status="held"))
    assert named(await judged(tellers)) == [
        ("out_of_order", "intake", "grants", 3),
        ("waiting", "intake", "grants", 2),
    ]


async def test_a_hole_in_a_journal_is_lost_to_its_own_teller(tellers: Three) -> None:
    await tellers.lives(CASE)
    await tellers.change("intake", lambda book: book.journal.delete().filter_by(subject=SUBJECT, version=2))
    found = named(await judged(tellers))
    assert ("lost", "intake", "intake", 2) in found
    assert ("untold", "intake", "grants", 2) in found


async def test_a_hole_that_all_views_share_is_lost_all_the_same(tellers: Three) -> None:
    await tellers.lives(CASE)
    await tellers.change("intake", lambda book: book.journal.delete().filter_by(subject=SUBJECT, version=2))
    for hearer in ("screening", "grants"):
        await tellers.change(hearer, lambda book: book.heard.delete().filter_by(**at(2)))
    assert named(await judged(tellers)) == [("lost", "intake", "intake", 2)]


async def test_other_streams_and_ignored_facts_are_compared_too(tellers: Three) -> None:
    await tellers.tell(*(told(Moved(household_ref=OTHER), version) for version in (1, 2)))
    await tellers.relay()
    await tellers.hear()
    assert (await judged(tellers)).exact
    await tellers.change("screening", lambda book: book.heard.delete().filter_by(**at(1, f"household/{OTHER}")))
    assert named(await judged(tellers)) == [("lost", "intake", "screening", 1)]


@pytest.mark.parametrize("source", ["intake", "screening", "grants"])
async def test_a_facet_that_the_facts_do_not_make_is_found_by_looking_deeper(tellers: Three, source: str) -> None:
    await tellers.lives(CASE)
    here = {"subject": SUBJECT, "source": source}
    await tellers.change("grants", lambda book: update(book.facet).filter_by(**here).values(data={"numbers": [9]}))
    assert (await judged(tellers)).exact
    found = named(await judged(tellers, deep=True))
    assert [(kind, teller, hearer) for kind, teller, hearer, _ in found] == [("facet", source, "grants")]


async def test_a_relation_that_nobody_told_is_found_by_looking_deeper(tellers: Three) -> None:
    await tellers.lives(CASE)
    told_by_nobody = {"subject": SUBJECT, "source": "intake", "staff_ref": STAFF, "organisation_ref": ORGANISATION}
    await tellers.change("grants", lambda book: insert(book.relation).values(kind="TEAM", **told_by_nobody))
    assert named(await judged(tellers, deep=True)) == [("facet", "intake", "grants", 3)]
