"""What an answer says may follow is what this caller may do to this very thing; no row of a page costs a statement."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from shared.auth import NOBODYS, Purpose, Role
from shared.ids import pseudonym
from shared.reading.answers import Shown
from shared.service import Service
from shared.testing import caller, ref
from tests.conftest import SERVICES, Start
from tests.service.referrals.desk import TEACHER, WORKER, Desk
from tests.service.screening.casework import SECOND, Casework

VISITOR = caller("visitor", Role.CASEWORKER, organisation="bavet-centre", purpose=Purpose.REINTEGRATION)


async def referral(desk: Desk, who: str, request: str) -> list[str]:
    answer = await desk.get(f"service-referrals/{request}", who)
    return list(answer.json()["next"]) if answer.status_code == 200 else []


async def test_each_side_of_a_request_is_offered_its_own_commands(start: Start) -> None:
    desk = Desk(await start("referrals"))
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    path = f"service-referrals/{request}"
    ours, theirs, visitor = [await referral(desk, who, request) for who in (WORKER, TEACHER, VISITOR)]
    assert (ours, theirs, visitor) == (
        ["correctServiceReferral", "revokeServiceReferral", "sendServiceReferral", "voidServiceReferral"], [], []
    )  # fmt: skip
    for step, who in (("send", WORKER), ("acknowledge", TEACHER), ("accept", TEACHER)):
        receipt = (await desk.do(f"{path}/{step}", who)).json()
        assert receipt["next"] == await referral(desk, who, request), step
    theirs = ["acknowledgeWithdrawal", "deliverService", "endServiceReferral"]
    assert await referral(desk, TEACHER, request) == theirs
    assert "deliverService" not in await referral(desk, WORKER, request)


async def test_who_gives_a_part_away_is_offered_nothing_in_the_same_answer(start: Start) -> None:
    casework = Casework(await start("screening"))
    await casework.admit()
    one, elsewhere = f"/screening/v1/interviews/{casework.interview}", "another-house"
    guest = caller("guest", Role.INTERVIEWER, organisation=elsewhere)
    theirs = {"staff_ref": pseudonym("staff", "guest"), "organisation_ref": pseudonym("organisation", elsewhere)}
    assert (await casework.world.post(f"{one}/assign", SECOND, theirs, version=2)).status_code == 200
    assert "startInterview" in (await casework.world.get(one, guest)).json()["next"]
    left = await casework.world.post(f"{one}/release", guest, {"reason": "HANDED_ON"}, version=3)
    assert left.status_code == 200, left.text
    assert left.json()["next"] == []


@contextmanager
def statements() -> Iterator[list[str]]:
    """What reaches the database meanwhile."""
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, text: str, *_: Any) -> None:
        found.append(text)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_page_asks_once_for_all_its_rows(start: Start) -> None:
    casework = Casework(await start("screening"))
    worker = caller("chan-caseworker", Role.CASEWORKER)
    for number in range(12):
        case = ref(f"case {number}")
        await casework.know(case)
        await casework.world.post("/screening/v1/interviews", worker, {"case_ref": case})
    asked = []
    for limit in (2, 12):
        with statements() as found:
            page = (await casework.world.get("/screening/v1/interviews", worker, limit=limit)).json()["items"]
        assert [bool(item["next"]) for item in page] == [True] * limit
        asked.append(len(found))
    assert asked[0] == asked[1]


def service(name: str) -> Service:
    found: Service = import_module(f"services.{name}.app").SERVICE
    return found


def shown(name: str) -> Iterator[Shown[Any]]:
    """What a service shows of its things."""
    folder = Path(str(import_module(f"services.{name}").__file__)).parent
    for path in sorted(folder.glob("*/queries.py")):
        module = import_module(f"services.{name}.{path.parent.name}.queries")
        yield from (value for value in vars(module).values() if isinstance(value, Shown))


def test_reads_and_receipts_ask_about_the_same() -> None:
    for name in SERVICES:
        things = {thing.name: thing for thing in service(name).commands}
        found = [one for one in shown(name) if one.name in things]
        assert found
        for one in found:
            thing = things[one.name]
            assert one.belonging in (thing.whose, NOBODYS), one.name
            assert one.statuses is thing.statuses


def test_every_operation_that_may_follow_names_its_actions() -> None:
    for name in SERVICES:
        of = service(name)
        rows = [row.command.__name__ for thing in (*of.commands, of.attention) for row in thing]
        assert [row for row, many in Counter(rows).items() if many > 1] == []
        for thing in of.commands:
            for status in thing.statuses.allowed:
                assert all(command[:1].lower() + command[1:] in of.actions for command in thing.statuses.next(status))
