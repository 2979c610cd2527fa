"""What somebody wrote in one service is there when they read in another, or the answer says that it is not yet."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from shared.auth import Role
from shared.bus.consumer import Consumer
from shared.events.envelope import Stream
from shared.journey import positions
from shared.journey.positions import Place
from shared.testing import Harness, caller, ref
from tests.support.eventually import REST, within

OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
OTHERS = ("screening", "referrals", "grants")
POSITION, BEHIND = "Homeward-Position", "Homeward-Position-Behind"
CASE = ref("case")
STAY = {"ref": ref("stay"), "case_ref": CASE, "bed": {"room": "Room of quiet", "bed": "2"}}


@pytest.fixture
async def case(world: Harness) -> str:
    """A case that intake alone knows of; the position it answered."""
    person = await world.post("/intake/v1/persons", OFFICER, {"ref": ref("person"), "sex": "FEMALE", "identity": {}})
    assert person.status_code == 201, person.text
    answer = await ask(
        world, "post", "/intake/v1/cases", json={"ref": CASE, "person_ref": ref("person"), "country": "KH"}
    )
    assert answer.status_code == 201, answer.text
    return answer.headers[POSITION]


@dataclass
class Looks:
    """Every look at a view on behalf of somebody who waits: what was missing."""

    found: list[positions.Positions] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def first(self) -> positions.Positions:
        await asyncio.wait_for(self.begun.wait(), REST)
        return self.found[0]


@pytest.fixture
async def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    looks, loop = Looks(), asyncio.get_running_loop()
    look: Callable[..., tuple[positions.Positions, bool]] = positions._missing

    def watched(*arguments: Any) -> tuple[positions.Positions, bool]:
        missing, may_come = look(*arguments)
        looks.found.append(missing)
        loop.call_soon_threadsafe(looks.begun.set)
        return missing, may_come

    monkeypatch.setattr(positions, "_missing", watched)
    return looks


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "PATIENCE", 0.05)


async def ask(world: Harness, method: str, path: str, *marks: str, **body: Any) -> httpx.Response:
    """A request with these positions, a header line for each; nothing is driven by it."""
    headers = [("Authorization", OFFICER), *((POSITION, mark) for mark in marks)]
    key = [("Idempotency-Key", secrets.token_hex(8))] if method == "post" else []
    async with world.client() as client:
        return await client.request(method, path, headers=headers + key, **body)


def journey(service: str, case_ref: str = CASE) -> str:
    return f"/{service}/v1/cases/{case_ref}/journey"


@pytest.mark.parametrize("service", OTHERS)
async def test_a_read_waits_until_its_view_has_heard(
    world: Harness, case: str, looks: Looks, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    monkeypatch.setattr(positions, "PATIENCE", REST)
    monkeypatch.setattr(positions, "POLL", REST)
    reading = asyncio.create_task(ask(world, "get", journey(service), case))
    assert await looks.first(), "the view knew already"
    await world.settle()
    answer = await asyncio.wait_for(reading, REST)
    assert answer.status_code == 200, answer.text
    assert BEHIND not in answer.headers


async def test_what_another_replica_applied_is_noticed_too(
    world: Harness, case: str, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "PATIENCE", REST)
    reading = asyncio.create_task(ask(world, "get", journey("screening"), case))
    assert await looks.first(), "the view knew already"
    replica = Consumer(world.running["screening"].kept, world.bus)
    await world.running["intake"].drain()
    while await replica.step():
        pass
    answer = await asyncio.wait_for(reading, REST)
    await replica.close()
    assert answer.status_code == 200, answer.text
    assert BEHIND not in answer.headers


async def test_after_two_seconds_the_answer_says_what_is_missing(world: Harness, case: str) -> None:
    begun = time.monotonic()
    answer = await ask(world, "get", "/screening/v1/codes/sex", case)
    assert 2.0 <= time.monotonic() - begun < within(10.0)
    assert answer.status_code == 200
    assert answer.headers[BEHIND] == case


@pytest.mark.usefixtures("impatient")
async def test_a_refusal_says_it_as_well(world: Harness, case: str) -> None:
    answer = await ask(world, "get", journey("grants"), case)
    assert answer.status_code == 404
    assert answer.headers[BEHIND] == case


@pytest.mark.usefixtures("impatient")
async def test_what_never_was_looks_like_what_has_not_arrived(world: Harness, case: str) -> None:
    """Nobody is ever told such a position; if somebody were, waiting would teach them nothing."""
    secret = world.running["grants"].kept.position_secret
    never = positions.written(secret, Stream("intake", f"case/{ref('nobody')}"), Place(0, 1))
    there, nowhere = await ask(world, "get", journey("grants"), case), await ask(world, "get", journey("grants"), never)
    assert there.status_code == nowhere.status_code
    assert there.headers.keys() == nowhere.headers.keys()
    assert there.json() == nowhere.json() | {"request_id": there.json()["request_id"]}
    assert nowhere.headers[BEHIND] == never


@pytest.mark.parametrize("version", [1, 2, 9])
async def test_who_was_not_told_a_position_learns_nothing_from_asking(world: Harness, case: str, version: int) -> None:
    """Versions of a case that exists, guessed: the same answer for those that are there and those that are not."""
    await world.settle()
    *_, mark = case.partition(",")[0].split(":")
    guess = f"intake:case/{CASE}:{version}:{mark[::-1]}"
    answer = await ask(world, "get", journey("grants"), guess)
    assert (answer.status_code, answer.json()["code"]) == (400, "position_unusable")


async def test_the_own_view_has_it_at_once(world: Harness, case: str, looks: Looks) -> None:
    answer = await ask(world, "get", journey("intake"), case)
    assert answer.status_code == 200
    assert BEHIND not in answer.headers
    assert looks.found == [{}]


async def test_nobody_looks_who_does_not_wait(world: Harness, case: str, looks: Looks) -> None:
    await ask(world, "get", journey("intake"))
    assert looks.found == []


@pytest.mark.usefixtures("impatient")
async def test_a_command_waits_as_well_and_is_then_decided_on_what_is_known(world: Harness, case: str) -> None:
    early = await ask(world, "post", "/screening/v1/interviews", case, json={"case_ref": CASE})
    await world.settle()
    late = await ask(world, "post", "/screening/v1/interviews", case, json={"case_ref": CASE})
    assert early.headers[BEHIND] == case
    assert BEHIND not in late.headers


@pytest.mark.usefixtures("impatient")
async def test_every_line_of_the_header_counts(world: Harness, case: str) -> None:
    await world.settle()
    later = await ask(world, "post", "/intake/v1/stays/admit", json=STAY)
    assert later.status_code == 201, later.text
    answer = await ask(world, "get", journey("grants"), case, later.headers[POSITION])
    assert answer.status_code == 200
    assert answer.headers[BEHIND] == later.headers[POSITION]


async def test_a_repeated_request_answers_a_position_again(world: Harness, case: str) -> None:
    first, again = [await world.post("/intake/v1/stays/admit", OFFICER, STAY, key="one-stay") for _ in range(2)]
    assert first.status_code == 201, first.text
    # A repetition names every stream that it locked: the person is locked for the age, and told nothing.
    secret = world.running["intake"].kept.position_secret
    person = positions.written(secret, Stream("intake", f"person/{ref('person')}"), Place(0, 1))
    before, after = (answer.headers[POSITION].split(", ") for answer in (first, again))
    assert [place for place in after if place != person] == before


async def test_each_line_of_many_says_where_it_was_written(world: Harness, case: str) -> None:
    stay = await world.post("/intake/v1/stays/admit", OFFICER, STAY)
    lines = [{"ref": ref("meal"), "stay_ref": STAY["ref"], "kind": "MEAL", "count": 1}]
    lines.append(lines[0] | {"ref": ref("of nobody"), "stay_ref": ref("nobody")})
    answer = await ask(world, "post", "/intake/v1/provisions", json={"lines": lines})
    given, refused = answer.json()["lines"]
    assert given["position"] == answer.headers[POSITION] != stay.headers[POSITION]
    assert refused["position"] is None


def test_the_highest_of_a_stream_is_waited_for() -> None:
    stream = Stream("intake", f"case/{CASE}")
    places = [positions.written(b"s", stream, Place(0, version)) for version in (3, 7, 5)]
    assert positions.read(b"s", [", ".join(places[:2]), places[2]]) == {stream: Place(0, 7)}


def test_seventeen_are_too_many_in_however_many_lines() -> None:
    place = positions.written(b"s", Stream("intake", f"case/{CASE}"), Place(0, 1))
    assert positions.read(b"s", [place] * 16)
    with pytest.raises(positions.UnusablePosition, match="too_many_positions"):
        positions.read(b"s", [place] * 17)


def test_a_position_says_nothing_to_whoever_holds_it() -> None:
    """A school counted with it the facts of a case that it was not shown."""
    stream = Stream("referrals", f"case/{CASE}")
    places = [positions.written(b"s", stream, Place(0, version)) for version in range(1, 40)]
    assert len({len(place) for place in places[9:]}) == 1, "it is as long for every version of two digits"
    assert not any(word in place for place in places for word in ("referrals", "case", CASE[:6], ":"))
    assert len({place[:22] for place in places}) == len(places), "the whole of it changes with each version"


@pytest.mark.parametrize("version", [1, 2])
def test_a_position_that_was_changed_opens_nothing(version: int) -> None:
    place = positions.written(b"s", Stream("intake", f"case/{CASE}"), Place(0, version))
    changed = [place[:at] + ("A" if place[at] != "A" else "B") + place[at + 1 :] for at in range(len(place))]
    for forged in (*changed, positions.written(b"t", Stream("intake", f"case/{CASE}"), Place(0, version))):
        with pytest.raises(positions.UnusablePosition):
            positions.read(b"s", [forged])


async def test_the_api_page_speaks_of_it(world: Harness) -> None:
    async with world.client() as client:
        operations = (await client.get("/grants/openapi.json")).json()["paths"]
    read = operations["/grants/v1/cases/{case_ref}/journey"]["get"]
    assert "Homeward-Position" in {parameter["name"] for parameter in read["parameters"]}
    assert set(read["responses"]["200"]["headers"]) == {BEHIND}
    assert set(read["responses"]["default"]["headers"]) == {BEHIND}
    assert set(operations["/grants/v1/programmes"]["post"]["responses"]["201"]["headers"]) >= {BEHIND, POSITION}
