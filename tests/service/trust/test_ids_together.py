"""Ids that are named together are checked together: of two that do not belong together nothing is shown or done.

Which operations name several is read from the documents. No address names two so far; one that comes is swept as it is.
"""

import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from shared.testing import Harness, ref
from tests.conftest import SERVICES, Start
from tests.service.grants import desk as grants
from tests.service.intake import desk as intake
from tests.service.referrals import desk as aftercare
from tests.service.screening import casework as screening
from tests.service.trust.two_of_each import TWO, granted, in_aftercare, reception
from tests.support.answered import ok
from tests.support.documented import Operation, operations

NOWHERE = ref("nothing has this ref")
READERS = {"intake": intake.OFFICER, "referrals": aftercare.WORKER, "grants": grants.who("dara")}
"""Who works on both cases of a service whose lists take several ids. Those of screening take one."""

FREE = {
    "staff_ref": "a colleague, whom the directory of staff is for",
    "organisation_ref": "an organisation, which everybody may read",
    "receiver_organisation_ref": "an organisation, which everybody may read",
    "host_ref": "an organisation, which everybody may read",
    "escort_ref": "whoever travels along, who is nothing of ours",
    "receiver_ref": "an organisation, or a person whom the decision of screening names",
    "payment_ref": "the client's own ref of what is made now",
    "check_ref": "the client's own ref of what is made now",
    "giver_ref": "somebody of the household, whom facts of it name",
    "stay_ref": "the only id of its line",
    "case_ref": "what the new thing is about",
    "group_ref": "any group; its members are nobody's case",
    "programme_ref": "any programme; it is nobody's case",
}
"""Ids in a body that may stand beside any other, with the reason."""

FREE_IN = {
    ("announceHandover", "ref"): "the client's own ref of a new line",
    ("reconcileHandover", "ref"): "the client's own ref of a line that is added",
    ("recordProvisions", "ref"): "the client's own ref of what is made now",
    ("recordAnswers", "ref"): "the client's own ref of an answer",
    ("addReceipt", "receipt_ref"): "the client's own ref of what is made now",
    ("registerPerson", "line_ref"): "the only id; who may name it, says its hand-over",
    ("correctPerson", "line_ref"): "who may name it, says its hand-over; a line is one person's",
    ("announceHandover", "consulate_ref"): "an organisation, which everybody may read",
    ("proposeBestInterests", "person_ref"): "who is to receive the child, whom the panel looks at",
    ("decideErasure", "hold_ref"): "the legal hold of a court or an authority, which is nothing of ours",
    ("openCase", "person_ref"): "who may name it, says who registered them",
    ("openCase", "handover_ref"): "who may name it, says its host",
    ("correctCase", "handover_ref"): "a label, by which nobody sees anything",
    ("addMember", "person_ref"): "somebody who joins; the rules of households say who may add whom",
    ("removeMember", "person_ref"): "whoever is no member is not looked for: it is so already, and nothing is told",
    ("agreePlan", "person_ref"): "who signs, who need not be known",
}

BELONGS = {
    ("confirmHandover", "line_ref"),
    ("reconcileHandover", "line_ref"),
    ("correctMember", "person_ref"),
    ("openCase", "line_ref"),
    ("suggestDetermination", "interview_ref"),
    ("strikeReceipt", "receipt_ref"),
}
"""Ids in a body that belong to what stands beside them. Each is swapped below."""


def documents(world: Harness) -> Iterator[Operation]:
    for app in world.app.apps.values():
        yield from operations(app.openapi())


async def test_each_id_that_a_body_names_beside_another_is_swapped_here_or_said_to_be_free(world: Harness) -> None:
    named = set[tuple[str, str]]()
    for one in documents(world):
        ids = {each.rpartition("/")[2] for each in one.body}
        if len(one.body) + len(one.inside) > 1:
            named |= {(one.name, field) for field in ids}
    unsaid = {each for each in named if each[1] not in FREE and each not in FREE_IN} - BELONGS
    assert unsaid == set()
    assert BELONGS | FREE_IN.keys() <= named, "and nothing is said of what is not there"
    assert not BELONGS & FREE_IN.keys()


Ask = Callable[[str, Mapping[str, str]], Awaitable[httpx.Response]]
"""GET an address with a query."""


async def swept(one: Operation, known: Mapping[str, Sequence[str]], ask: Ask) -> tuple[list[Any], int]:
    """What is wrong with an operation that takes several ids, and how many pairs were swapped.

    A list by two ids is what both lists by one have in common; a thing at an address of two is there for its own two.
    """
    wrong: list[Any] = []
    swapped = 0
    for here, there in itertools.combinations((*one.inside, *one.filters), 2):
        for mine, others in itertools.product(known[here], known[there]):
            both = await _answer(one, ask, {here: mine, there: others})
            if here in one.inside and there in one.inside:
                missing = await _answer(one, ask, {here: mine, there: NOWHERE})
                mixed = (mine, others) not in set(zip(known[here], known[there], strict=True))
                swapped += mixed
                wrong += [(one.name, here, there)] if mixed and both != missing else []
                continue
            alone = [await _answer(one, ask, {here: mine}), await _answer(one, ask, {there: others})]
            common = [item for item in alone[0] if item in alone[1]]
            swapped += bool(alone[0] or alone[1]) and not common
            wrong += [(one.name, here, there)] if both != common else []
    return wrong, swapped


async def _answer(one: Operation, ask: Ask, ids: Mapping[str, str]) -> Any:
    answer = await ask(one.path.format_map(ids), {name: ids[name] for name in one.filters if name in ids})
    body = answer.json()
    if answer.is_success and "items" in body:
        return [item["ref"] for item in body["items"]]
    return answer.status_code, {**body, "request_id": None}


@pytest.mark.parametrize("service", SERVICES)
async def test_lists_by_two_ids_show_what_has_both_and_addresses_of_two_ids_are_swept_too(
    start: Start, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await start(service)
    several = [
        one for one in operations(world.app.openapi()) if one.method == "get" and len(one.inside) + len(one.filters) > 1
    ]
    assert len(several) == LISTS[service]
    if not several:
        return
    await PEOPLE[service](world, monkeypatch)

    async def ask(path: str, query: Mapping[str, str]) -> httpx.Response:
        return await world.get(path, READERS[service], **query)

    for one in several:
        known = {name: await _known(world, service, name) for name in (*one.inside, *one.filters)}
        wrong, swapped = await swept(one, known, ask)
        assert (wrong, swapped > 0) == ([], True), (one.name, known)


async def test_no_command_is_at_an_address_of_two_ids(world: Harness) -> None:
    """Nor a read so far. Whoever adds one finds reads swept above, and says here what body a command is sent with."""
    two = [one.name for one in documents(world) if len(one.inside) > 1]
    assert [one.name for one in documents(world) if len(one.inside) > 1 and one.method != "get"] == []
    assert two == []


@pytest.mark.parametrize("checks", [True, False])
async def test_the_sweep_sees_an_address_that_checks_one_of_its_two_ids(checks: bool) -> None:
    app, children = FastAPI(), {"a": "mother", "b": "father"}

    @app.get("/parents/{parent_ref}/children/{child_ref}", operation_id="readChild")
    async def read(parent_ref: str, child_ref: str) -> JSONResponse:
        there = child_ref in children and (children[child_ref] == parent_ref or not checks)
        return JSONResponse({"child": child_ref} if there else {"code": "not_found"}, 200 if there else 404)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:

        async def ask(path: str, query: Mapping[str, str]) -> httpx.Response:
            return await client.get(path, params=query)

        (one,) = operations(app.openapi())
        known = {"parent_ref": ["mother", "father"], "child_ref": ["a", "b"]}
        wrong, swapped = await swept(one, known, ask)
    assert (bool(wrong), swapped) == (not checks, 2)


async def _known(world: Harness, service: str, name: str) -> list[str]:
    """Ids of that name that the service has: at most three."""
    tables = world.running[service].kept.ledger.stream.metadata.tables
    found: dict[str, None] = {}
    for table, has in tables.items():
        if name in has.columns:
            found |= {row[name]: None for row in await world.rows(service, table) if row[name]}
    return list(found)[:3]


async def _same(world: Harness, send: Callable[[str], Awaitable[httpx.Response]], other: str) -> tuple[int, str]:
    """What naming an id of something else is answered: as where there is none, and nothing has happened."""

    async def told() -> int:
        return sum([len(await world.rows(service, "journal")) for service in world.running])

    before = await told()
    swapped, missing = await send(other), await send(NOWHERE)
    assert swapped.is_client_error, swapped.text
    assert {**swapped.json(), "request_id": None} == {**missing.json(), "request_id": None}
    assert (swapped.status_code, await told()) == (missing.status_code, before)
    assert other not in swapped.text
    return swapped.status_code, str(swapped.json()["code"])


async def test_a_line_and_a_member_are_taken_only_beside_their_own(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await start("intake")
    await reception(world, monkeypatch)
    desk = intake.Desk(world)
    mine, other = (f"handovers/{ref(f'group of {name}')}" for name in TWO)
    theirs = ref(f"line of {TWO[1]}")
    ok(await desk.harness.get(f"/intake/v1/{other}", intake.GATE))

    async def confirm(line_ref: str) -> httpx.Response:
        said = [{"line_ref": line_ref, "nationality": "CONFIRMED"}]
        return await desk.change(mine, "confirm", intake.CONSUL, lines=said)

    async def reconcile(line_ref: str) -> httpx.Response:
        return await desk.change(mine, "reconcile", intake.GATE, lines=[{"line_ref": line_ref, "outcome": "present"}])

    async def correct(person_ref: str) -> httpx.Response:
        home = f"households/{ref(f'home of {TWO[0]}')}"
        return await desk.change(home, "correct", person_ref=person_ref, relationship="CHILD")

    async def again(line_ref: str) -> httpx.Response:
        """Somebody comes home once more, on a list in which they do not stand."""
        body = {"person_ref": ref(TWO[0]), "country": "VN", "handover_ref": ref("group of nobody yet")}
        return await desk.do("cases", **body, line_ref=line_ref)

    assert await _same(world, confirm, theirs) == (409, "line_unknown")
    assert await _same(world, correct, ref(TWO[1])) == (409, "not_a_member")
    assert await _same(world, again, theirs) == (404, "not_found")
    ok(await desk.change(mine, "arrive", intake.GATE, gate=intake.GATE_CODE, head_count=1))
    assert await _same(world, reconcile, theirs) == (409, "line_unknown")


async def test_a_case_is_not_opened_from_the_line_of_another_person(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await start("intake")
    await reception(world, monkeypatch)
    desk = intake.Desk(world)
    stranger = await desk.person("Chan Vuthy", intake.born(1985))

    async def opened(line_ref: str) -> httpx.Response:
        return await desk.do("cases", person_ref=stranger, country="VN", line_ref=line_ref)

    assert await _same(world, opened, ref(f"line of {TWO[0]}")) == (404, "not_found")


async def test_an_interview_is_suggested_from_in_its_own_case_alone(start: Start) -> None:
    world = await start("screening")
    casework = screening.Casework(world)
    await casework.admit()
    await casework.interviewed(screening.SENT)
    await casework.know(another := ref("another case"))

    async def suggested(interview_ref: str) -> httpx.Response:
        body = {"case_ref": another, "interview_ref": interview_ref, "body": "NGO"}
        return await world.post("/screening/v1/determinations", screening.DECIDER, body)

    assert await _same(world, suggested, casework.interview) == (404, "not_found")
    await casework.suggest()


async def test_a_receipt_is_struck_from_its_own_instalment_alone(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await start("grants")
    await granted(world, monkeypatch)
    desk = grants.Desk(world)
    paid = [row for row in await world.rows("grants", "instalment") if row["paid_on"] or row["payment_ref"]]
    mine, other = (f"instalments/{row['ref']}" for row in paid)
    await desk.read(mine)
    theirs = grants.receipt(other, 1)["receipt_ref"]

    async def strike(receipt_ref: str) -> httpx.Response:
        return await desk.ask("dara", f"{mine}/strike-receipt", {"receipt_ref": receipt_ref, "reason": "DUPLICATE"})

    status, code = await _same(world, strike, theirs)
    assert (status, code) == (409, "no_such_receipt")


async def test_who_came_to_a_meeting_is_of_that_group(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await start("referrals")
    await in_aftercare(world, monkeypatch)
    desk = aftercare.Desk(world)

    async def held(membership: str) -> httpx.Response:
        meeting = {"ref": ref(f"meeting {membership}"), "memberships": [membership]}
        return await desk.post(f"groups/{ref(f'group of {TWO[0]}')}/meetings", aftercare.SUPERVISOR, meeting)

    assert await _same(world, held, ref(f"joining of {TWO[1]}")) == (404, "not_found")


PEOPLE = {"intake": reception, "referrals": in_aftercare, "grants": granted}
LISTS = {"intake": 5, "screening": 0, "referrals": 4, "grants": 3}
"""How many reads take several ids. A further one is swept by itself; its row in this table says that it was meant."""
