"""What is done again and again never walks a table that grows: the plans that SQLite makes for our statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from shared.auth import Role
from shared.testing import Harness, caller, ref
from tests.conftest import Start
from tests.service.screening.casework import Casework
from tests.support.answered import ok

WHO = caller("sok", Role.INTERVIEWER)


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """The reads that reach the database meanwhile."""
    reads: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, text: str, given: Any, *_: Any) -> None:
        if text.startswith("SELECT"):
            reads.append((text, given))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield reads
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plans(world: Harness, reads: list[tuple[str, Any]]) -> list[str]:
    """How SQLite goes about these reads, step by step."""
    database = world.running["screening"].kept.database
    return [
        row.detail
        for text, given in reads
        for row in await database.read(
            lambda conn, text=text, given=given: conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()  # type: ignore[misc]
        )
    ]


async def test_a_later_page_is_found_by_its_place_in_the_index(start: Start) -> None:
    world = await start("screening")
    cases = [ref(str(number)) for number in range(3)]
    await Casework(world).know(*cases)
    for case in cases:
        ok(await world.post("/screening/v1/interviews", WHO, {"case_ref": case}))
    first = await world.get("/screening/v1/interviews", WHO, limit=1)
    with recorded() as reads:
        await world.get("/screening/v1/interviews", WHO, limit=1, cursor=first.json()["next_cursor"])
    steps = [step for step in await plans(world, reads) if "interview" in step]
    assert steps == ["SEARCH interview USING INDEX interview_order ((recorded_at,ref)>(?,?))"]


async def test_the_relay_looks_at_what_waits_and_not_at_the_whole_journal(start: Start) -> None:
    world = await start("screening")
    await world.post("/screening/v1/interviews", WHO, {"case_ref": ref("one")})
    with recorded() as reads:
        await world.running["screening"].relay.step()
    steps = [step for step in await plans(world, reads) if "journal" in step]
    assert steps == ["SEARCH journal USING INTEGER PRIMARY KEY (rowid=?)"]
