"""What one caller may send in a minute, and how many cases and people one caller is shown in an hour."""

import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.auth import Caller, Purpose, Role
from shared.auth.budget import HOUR, Budget, TooManyCases
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.conftest import Start
from tests.service.intake.desk import OFFICER, Desk, born
from tests.support.answered import ok
from tests.support.callers import caller_of

READER = caller("vanna-dosvy", Role.CASEWORKER)
WORKER = caller("chan", Role.CASEWORKER)
SUPERVISOR = caller("vanna", Role.SUPERVISOR)
ELSEWHERE = caller("vanna-dosvy", Role.SOCIAL_AFFAIRS, "dosvy-takeo")
SAID = "more cases asked for than one may see in an hour"


def limited(answer: httpx.Response, code: str) -> int:
    """The answer is 429 with this code; after how many seconds to come again."""
    assert (answer.status_code, answer.json()["code"]) == (429, code), answer.text
    assert set(answer.json()) == {"type", "title", "status", "code", "request_id"}
    return int(answer.headers["retry-after"])


async def refused(desk: Desk, why: str) -> float:
    async with desk.harness.client() as client:
        page = (await client.get("/intake/metrics")).text
    name = f'homeward_refused_total{{service="intake",why="{why}"}} '
    return sum(float(line.removeprefix(name)) for line in page.splitlines() if line.startswith(name))


async def test_a_caller_may_send_so_much_in_a_minute_while_others_go_on(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMEWARD_CALLER_REQUESTS_PER_MINUTE", "4")
    desk = Desk(await start("intake"))
    for _ in range(4):
        await desk.see("cases", READER)
    for path in ("cases", "persons", f"cases/{ref('none')}", "attention"):
        assert 1 <= limited(await desk.harness.get(f"/intake/v1/{path}", READER), "too_many_of_caller") <= 60
    limited(await desk.do("persons", READER, identity={"names": []}), "too_many_of_caller")
    assert await refused(desk, "caller") == 5
    await desk.see("cases", ELSEWHERE)
    await desk.see("cases", OFFICER)
    assert (await desk.harness.get("/intake/v1/cases", "nobody")).status_code == 401


@pytest.fixture
async def few(start: Start, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, list[str]]:
    """Six cases, of which one caller may see four."""
    monkeypatch.setenv("HOMEWARD_CASES_PER_HOUR", "4")
    desk = Desk(await start("intake"))
    persons = [await desk.person(f"Sok {name}", born(2012)) for name in "abcdef"]
    cases = [ok(await desk.do("cases", person_ref=one, country="VN"))["ref"] for one in persons]
    return desk, cases


async def test_more_cases_than_a_caller_may_see_are_not_shown_and_people_are_told(
    few: tuple[Desk, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    desk, cases = few
    for case in cases[:4] * 2:
        await desk.see(f"cases/{case}", READER)
    for path in (f"cases/{cases[4]}", "cases", "persons", f"cases/{cases[5]}"):
        seconds = limited(await desk.harness.get(f"/intake/v1/{path}", READER), "too_many_cases")
        assert 3500 < seconds <= 3600
    await desk.see(f"cases/{cases[0]}", READER)
    await desk.see(f"cases/{cases[4]}", WORKER)
    assert await refused(desk, "cases") == 4

    rows = (await desk.see("attention", SUPERVISOR))["items"]
    who = pseudonym("staff", "vanna-dosvy")
    assert [(row["kind"], row["code"], row["subject"]) for row in rows] == [
        ("many_cases_read", "too_many_cases", f"staff/{who}")
    ]
    (told,) = [record for record in caplog.records if record.getMessage() == SAID]
    assert told.levelno == logging.ERROR
    assert who not in str(vars(told))
    audit = [row for row in await desk.harness.rows("intake", "audit") if row["decision"] == "too_many_cases"]
    assert [(row["staff_ref"], row["subjects"]) for row in audit] == [(who, sorted(row["subjects"])) for row in audit]
    assert len(audit) == 4 and all(row["subjects"] for row in audit)


async def test_an_hour_later_others_may_be_seen_and_people_are_told_again(few: tuple[Desk, list[str]]) -> None:
    desk, cases = few
    for hour in range(2):
        for case in cases[hour:][:4]:
            await desk.see(f"cases/{case}", READER)
        for case in (cases[4 + hour], cases[5 - hour]):
            if hour == 0 or case != cases[4]:
                limited(await desk.harness.get(f"/intake/v1/cases/{case}", READER), "too_many_cases")
        desk.harness.clock.advance(hours=1)
    assert len((await desk.see("attention", SUPERVISOR))["items"]) == 2


async def test_what_a_list_shows_counts_case_by_case(few: tuple[Desk, list[str]]) -> None:
    desk, cases = few
    first = await desk.see("cases", READER, limit=3)
    await desk.see("cases", READER, limit=3)
    following = {"limit": 3, "cursor": first["next_cursor"]}
    limited(await desk.harness.get("/intake/v1/cases", READER, **following), "too_many_cases")
    await desk.see(f"cases/{cases[3]}", READER)
    limited(await desk.harness.get(f"/intake/v1/cases/{cases[4]}", READER), "too_many_cases")
    subjects = [row["subjects"] for row in await desk.harness.rows("intake", "audit") if row["decision"] == "shown"]
    assert sorted(f"case/{case}" for case in cases[:3]) in subjects


async def test_what_another_process_showed_counts(few: tuple[Desk, list[str]]) -> None:
    """A process that begins knows nothing by itself: all of it comes from the audit."""
    desk, cases = few
    for case in cases[:4]:
        await desk.see(f"cases/{case}", READER)
    kept = desk.harness.running["intake"].kept
    who, now = caller_of(READER), desk.harness.clock()
    other = Budget(4)
    await other.spend(kept.database, kept.ledger, who, [f"case/{cases[0]}"], now)
    with pytest.raises(TooManyCases) as error:
        await other.spend(kept.database, kept.ledger, who, [f"case/{cases[4]}"], now)
    assert 3500 < error.value.seconds <= 3600
    await Budget(4).spend(kept.database, kept.ledger, who, [f"case/{cases[4]}"], now + HOUR)
    await Budget(4).spend(kept.database, kept.ledger, caller_of(ELSEWHERE), [f"case/{cases[4]}"], now)


class Counting:
    """A store that counts how often it is asked, and has these entries."""

    def __init__(self) -> None:
        self.asked = 0
        self.entries: list[Any] = []

    async def read(self, _work: object) -> list[Any]:
        self.asked += 1
        return self.entries


async def test_only_what_is_new_in_this_hour_costs_a_statement(few: tuple[Desk, list[str]]) -> None:
    desk, _ = few
    store: Any = Counting()
    ledger, now = desk.harness.running["intake"].kept.ledger, desk.harness.clock()
    who = Caller(ref("staff"), ref("organisation"), Role.CASEWORKER, Purpose.PROTECTION)
    budget = Budget(1)
    for subjects, later, asked in (
        (["case/a"], 0, 1),
        (["case/a", "stay/x", "organisation/y"], 1, 1),
        (["stay/z"], 1, 1),
        (["person/b"], 2, 2),
        (["case/a", "person/b"], 59, 2),
        (["case/a", "person/b"], 119, 3),
    ):
        await budget.spend(store, ledger, who, subjects, now + timedelta(minutes=later))
        assert store.asked == asked, subjects
    with pytest.raises(TooManyCases):
        await budget.spend(store, ledger, who, ["case/c"], now + timedelta(minutes=120))
