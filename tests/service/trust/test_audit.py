"""Every read, row of a list, write, refusal and disclosure has its entry in the audit; without one nothing is answered.

The client keeps a ledger of its own: what it was answered to each request, by the request's number. The audit says the
same, no more and no less.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import INVENTED, Harness, caller, ref
from tests.conftest import SERVICES, Start
from tests.service.trust.peopled import WORLDS, peopled
from tests.support.answered import ok
from tests.support.eventually import within
from tests.support.standing import ELSEWHERE, ROLES, let_in

STEPS = 150
MISSING = ref("nothing has this ref")
ANYBODY = caller("sok", Role.CASEWORKER)


class Ledger:
    """What a client was answered, and what the audit must therefore say: by request, how often which decision."""

    def __init__(self) -> None:
        self.owed: dict[str, Counter[str]] = {}
        self.about: dict[str, set[str]] = {}
        self.unknown = 0

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, who: str, body: Any = None) -> None:
        """Ask, and note what is owed for the answer."""
        headers = {"authorization": who, "idempotency-key": ref(f"{len(self.owed)} {self.unknown}"), "if-match": '"1"'}
        self.note(method, await client.request(method, path, headers=headers, json=body))

    def beside(self, world: Harness) -> None:
        """Note what is owed for all that people ask who make a world what it is."""
        post, get = world.post, world.get

        async def posted(*asked: Any, **more: Any) -> httpx.Response:
            return self.note("POST", await post(*asked, **more))

        async def got(*asked: Any, **more: Any) -> httpx.Response:
            return self.note("GET", await get(*asked, **more))

        world.__dict__.update(post=posted, get=got)

    def note(self, method: str, answer: httpx.Response) -> httpx.Response:
        """What is owed for an answer."""
        assert answer.status_code < 500, answer.text
        number = answer.headers["request-id"]
        if answer.status_code == 401:
            self.unknown += 1
        elif answer.is_success:
            self.owed[number] = Counter(["shown" if method == "GET" else "done"])
            self.about[number] = {item.get("ref") for item in answer.json().get("items", ())} - {None}
        else:
            self.owed[number] = Counter([answer.json()["code"]])
        return answer


def _paths(world: Harness, service: str, places: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every address of the service, with things that are there in it; and the parameters' own names for others."""
    named = {"cases": "intake-cases", "attention": f"{service}-attention"}
    for path, methods in world.app.openapi()["paths"].items():
        thing = path.split("/")[3]
        here = places.get(named.get(thing, thing), places["journey"])
        here = places["journey"] if "{case_ref}" in path else here
        for method in methods:
            for at in (here, MISSING):
                yield (
                    method.upper(),
                    path.format_map(dict.fromkeys(("ref", "case_ref", "name", "version", "number"), at)),
                )


@pytest.mark.parametrize("service", SERVICES)
async def test_the_audit_says_what_the_client_s_own_ledger_says(start: Start, service: str) -> None:
    world, holder, ledger = await start(service), WORLDS[service][1], Ledger()
    ledger.beside(world)
    case, places = await peopled(world, service)
    await let_in(world, case, holder)
    drawn, paths = Random(33), list(_paths(world, service, places))  # noqa: S311 -- a walk, the same each time
    houses = (holder, *ELSEWHERE.values())
    async with world.client() as client:
        for _ in range(STEPS):
            method, path = drawn.choice(paths)
            role, house = drawn.choice(ROLES), drawn.choice(houses)
            who = caller(f"team-{role}".lower().replace("_", "-"), role, house)
            body = None if method == "GET" else drawn.choice([{}, {"made_up": 1}, {"reason": "DUPLICATE"}])
            await ledger.ask(client, method, path, drawn.choice([who, who, who, who, "Bearer nobody"]), body)
        told = await world.rows(service, "audit")
        world.clock.advance(minutes=2)
        await ledger.ask(client, "GET", paths[0][1], "Bearer nobody")
        counted = (await world.rows(service, "audit"))[len(told) :]
    said: dict[str, Counter[str]] = {}
    for row in told:
        if row["action"] != "identify" and row["role"] != Role.SYSTEM:
            said.setdefault(row["request_id"], Counter())[row["decision"]] += 1
    assert said == ledger.owed
    decisions = {decision for each in said.values() for decision in each}
    assert {"done", "shown", "not_found", "invalid"} <= decisions, decisions
    for row in told:
        missing = ledger.about.get(row["request_id"], set()) - {each.partition("/")[2] for each in row["subjects"]}
        cases = [each for each in row["subjects"] if each.startswith("case/")]
        assert not missing or cases, "each row of a list, by its ref or its case"
    times = [each for row in (*told, *counted) for each in row["subjects"] if each.startswith("times/")]
    assert sum(int(each.removeprefix("times/")) for each in times) == ledger.unknown - 1


async def test_a_refusal_names_whom_it_was_about(start: Start) -> None:
    world = await start("intake")
    case, places = await peopled(world, "intake")
    stranger = caller("far", Role.CASEWORKER, "far-house")
    for path, about in (
        (f"cases/{case}", {f"case/{case}"}),
        (f"stays/{places['stays']}", {f"stay/{places['stays']}", f"case/{case}"}),
        (f"cases/{case}/journey", {f"case/{case}"}),
        (f"cases/{MISSING}", {f"case/{MISSING}"}),
    ):
        answer = await world.get(f"/intake/v1/{path}", stranger)
        assert answer.status_code == 404
        row = (await world.rows("intake", "audit"))[-1]
        assert (row["decision"], row["staff_ref"]) == ("not_found", pseudonym("staff", "far"))
        assert set(row["subjects"]) == about, path
    answer = await world.post(f"/intake/v1/cases/{case}/void", stranger, {"reason": "DUPLICATE"}, version=1)
    assert answer.status_code == 404
    row = (await world.rows("intake", "audit"))[-1]
    assert (row["action"], row["decision"], row["subjects"]) == ("intake.case.void", "not_found", [f"case/{case}"])


async def test_what_cannot_be_so_is_in_the_audit_with_who_said_it_and_of_what(start: Start) -> None:
    world = await start("intake")
    case = ref("a case")
    async with world.client() as client:
        who = {"authorization": ANYBODY, "idempotency-key": "one"}
        at = f"/intake/v1/cases/{case}/void"
        answers = [
            await client.post(at, headers=who, json={"reason": "Sok Dara's mother said so"}),
            await client.post("/intake/v1/cases", headers={"authorization": ANYBODY}, json={}),
            await client.get("/intake/v1/cases?limit=-1", headers=who),
            await client.get("/intake/v1/cases", headers={**who, "if-match": "Sok Dara"}),
            await client.get("/intake/v1/cases/Sok-Dara", headers=who),
        ]
    rows = await world.rows("intake", "audit")
    assert [(row["action"], row["decision"], row["subjects"]) for row in rows] == [
        ("intake.case.void", "invalid", [f"case/{case}"]),
        ("intake.case.open", "invalid", []),
        ("intake.case.read", "invalid", []),
        ("intake.case.read", "if_match_unusable", []),
        ("intake.case.read", "invalid", []),
    ]
    assert [row["request_id"] for row in rows] == [answer.headers["request-id"] for answer in answers]
    assert {row["staff_ref"] for row in rows} == {pseudonym("staff", "sok")}
    assert "Dara" not in str(rows)


async def test_whoever_is_unknown_is_counted_by_address_and_minute(start: Start) -> None:
    world = await start("intake")
    path, late = "/intake/v1/cases", world.running["intake"].unknown
    world.clock.now = world.clock.now.replace(second=0, microsecond=0)
    for address, times in (("198.51.100.7", 3), ("2001:db8::1", 1), ("2001:db8::2", 1)):
        async with _from(world, address) as client:
            for _ in range(times):
                assert (await client.get(path, headers={"authorization": "Bearer x"})).status_code == 401
    async with _from(world, "198.51.100.7") as client:
        assert (await client.get(path, headers={"authorization": f"{INVENTED}staff=x"})).status_code == 401
    assert await world.rows("intake", "audit") == [], "a minute is counted to its end"
    world.clock.advance(minutes=1)
    async with _from(world, "198.51.100.7") as client:
        assert (await client.get(path)).status_code == 401
    rows = await world.rows("intake", "audit")
    assert [(row["action"], row["decision"], row["role"]) for row in rows] == [
        ("identify", "caller_unknown", "UNKNOWN")
    ] * 2
    assert sorted(row["subjects"][1] for row in rows) == ["times/2", "times/4"], "an IPv6 site is one"
    assert all(row["subjects"][0] == f"address/{row['staff_ref']}" for row in rows)
    assert "198.51" not in str(rows) and "2001:db8" not in str(rows)
    await late.store()
    again = (await world.rows("intake", "audit"))[-1]
    assert (again["staff_ref"], again["subjects"][1]) == (rows[0]["staff_ref"], "times/1")
    assert again["at"] - rows[0]["at"] == timedelta(minutes=1)
    privacy = caller("maly-privacy", Role.PRIVACY_OFFICER)
    shown = ok(await world.get("/intake/v1/audit", privacy, action="identify"))["items"]
    assert [(one["role"], one["purpose"], one["decision"]) for one in shown] == [(None, None, "caller_unknown")] * 3


@asynccontextmanager
async def _from(world: Harness, address: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=world.app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@contextmanager
def _refusing(store: Path) -> Iterator[None]:
    """Nothing can be written to the audit, and all else can."""
    with sqlite3.connect(store) as connection:
        connection.execute("CREATE TRIGGER down BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'down'); END")
    connection.close()
    yield
    with sqlite3.connect(store) as connection:
        connection.execute("DROP TRIGGER down")
    connection.close()


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    """Another process is writing and does not end."""
    connection = sqlite3.connect(store, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def _gone(store: Path) -> Iterator[None]:
    """There is no audit."""
    with sqlite3.connect(store) as connection:
        connection.execute("ALTER TABLE audit RENAME TO elsewhere")
    connection.close()
    yield
    with sqlite3.connect(store) as connection:
        connection.execute("ALTER TABLE elsewhere RENAME TO audit")
    connection.close()


@pytest.mark.parametrize("down", [_refusing, _locked, _gone])
async def test_without_an_audit_nothing_is_shown_and_nothing_done(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, down: Any
) -> None:
    monkeypatch.setenv("HOMEWARD_STORE_SECONDS", "1.5")  # as where nothing is set
    world = await start("intake")
    case, places = await peopled(world, "intake")
    officer, stranger = caller("srey-intake", Role.INTAKE_OFFICER), caller("far", Role.CASEWORKER, "far-house")
    nobody, at = "Bearer nobody", "/intake/v1"
    told = len(await world.rows("intake", "journal"))
    asked: list[tuple[str, str, str, Any]] = [
        ("GET", f"{at}/persons/{places['persons']}", officer, None),
        ("GET", f"{at}/persons", officer, None),
        ("POST", f"{at}/persons/lookup", officer, {"refs": [places["persons"]]}),
        ("GET", f"{at}/cases/{case}", stranger, None),
        ("GET", f"{at}/cases/{MISSING}", officer, None),
        ("POST", f"{at}/cases/{case}/void", stranger, {"reason": "DUPLICATE"}),
        ("POST", f"{at}/persons", officer, {"ref": ref("new"), "identity": {"names": []}}),
        ("POST", f"{at}/persons", officer, {"made_up": 1}),
    ]
    async with world.client() as client:
        await client.get(f"{at}/cases", headers={"authorization": nobody})
        world.clock.advance(minutes=2)
        asked.append(("GET", f"{at}/cases", nobody, None))
        with down(tmp_path / "data" / "intake.db"):
            for method, path, who, body in asked:
                begun = time.monotonic()
                headers = {"authorization": who, "idempotency-key": ref(path), "if-match": '"1"'}
                answer = await client.request(method, path, headers=headers, json=body)
                took = time.monotonic() - begun
                assert (answer.status_code, set(answer.json())) == (503, PROBLEM), (method, path, answer.text)
                assert answer.headers["retry-after"] == "1"
                assert took < QUICK, (method, path, took)
        assert len(await world.rows("intake", "journal")) == told
        back = await client.get(asked[0][1], headers={"authorization": officer})
    assert back.status_code == 200, "and once it is back, all goes on"


PROBLEM = {"type", "title", "status", "code", "request_id"}
QUICK = within(4.0)
"""Seconds on a busy machine; what is waited for is given up after one and a half."""
