"""Every single read, by every role standing every way to the thing: exactly the fields that a table by hand names.

The class of a field is read from the answer's schema, so a field that gets another class, a field of a new answer and
a route without a row all show here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from shared.auth import Role
from shared.classes import class_of
from shared.model import Model
from shared.testing import Harness
from shared.web.sources import hints_of
from tests.conftest import Start
from tests.service.trust.field_table import OWN, TABLE, TEAM, expected
from tests.service.trust.peopled import WORLDS, peopled
from tests.support.standing import ROLES, Standing, let_in, standing_so

NAMES = {"cases": "intake-cases"}
BESIDE = {"/cases/{case_ref}/journey": "journey", "/interviews/{ref}/answers": "answers"}
BESIDE |= {"/disclosures/{ref}/outline": "outline"}
BESIDE |= {"/official-findings-of-case/{number}": "official-finding-of-case"}
BESIDE |= {"/determinations/{ref}/assessment": "assessment", "/cases/{case_ref}/findings": "findings"}
AROUND = {
    "intake": [standing for standing in Standing if standing not in (TEAM, OWN)],
    "screening": [Standing.OTHER, Standing.BODY],
    "referrals": [Standing.OTHER, Standing.PROVIDER],
    "grants": [Standing.OTHER],
}
"""The organisations around a case that a service knows; of the others it is as if they had nothing to do with it."""
LISTS = {"/groups/{ref}/meetings", "/cases/{case_ref}/readers"}
"""Addresses with a ref that answer a list."""


def single_reads(world: Harness, service: str) -> Iterator[tuple[str, str, type[Model]]]:
    """Of each route that reads one thing: the thing's name in the table, its address, and what it answers."""
    for context in iter_route_contexts(world.app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        path = route.path_format.removeprefix(f"/{service}/v1")
        if path != route.path_format and "{" in path and path not in LISTS:
            thing = path.split("/")[1]
            named = {**NAMES, "attention": f"{service}-attention"}.get(thing, thing)
            yield BESIDE.get(path, named), route.path_format, hints_of(route.endpoint)["return"]


def classes(model: type[Model]) -> Mapping[str, str]:
    """The class of each field. What has none is work."""
    found = {name: class_of(info.annotation, info.metadata) for name, info in model.model_fields.items()}
    return {name: "C0" if mark is None else mark.value for name, mark in found.items()}


def filled(answer: httpx.Response) -> frozenset[str] | None:
    """The fields that say something, less what may follow, which is each caller's own; None where nothing is there."""
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, answer.text
    return frozenset(name for name, value in answer.json().items() if name != "next" and value not in (None, [], {}))


def callers(thing: str, service: str, *, all_roles: bool) -> list[tuple[Role, Standing]]:
    """In the long run everybody. Else roles that no row of a thing names are asked where they would see most.

    And only those standings are asked for that its rows name, beside the team, its house, and one that is neither.
    """
    if all_roles:
        return [(role, at) for role in ROLES for at in (TEAM, OWN, *AROUND[service])]
    rows = [row for row in TABLE if thing in row.things.split()]
    named = {role for row in rows for role in row.roles.split()}
    among = {TEAM, OWN, Standing.OTHER} | {row.standing for row in rows if row.standing in AROUND[service]}
    return [(role, at) for role in ROLES for at in Standing if at is TEAM or (at in among and role in named)]


async def differing(start: Start, service: str, *, all_roles: bool) -> list[Any]:
    """The answers that are otherwise than the table says."""
    world, holder = await start(service), WORLDS[service][1]
    case, places = await peopled(world, service)
    await let_in(world, case, holder)
    wrong: list[Any] = []
    async with world.client() as client:
        for thing, address, model in single_reads(world, service):
            path = address.format_map(dict.fromkeys(("ref", "case_ref", "name", "version", "number"), places[thing]))
            assert (await client.get(path)).status_code == 401
            seen: dict[tuple[Role, Standing], frozenset[str] | None] = {}
            for role, at in callers(thing, service, all_roles=all_roles):
                answer = await client.get(path, headers={"Authorization": standing_so(role, at, holder)})
                seen[role, at] = filled(answer)
            wrong += differences(thing, seen, classes(model))
    return wrong


def differences(
    thing: str, seen: Mapping[tuple[Role, Standing], frozenset[str] | None], marks: Mapping[str, str]
) -> Iterator[Any]:
    """What each caller sees beside what the table says, where that is not the same."""
    whole = frozenset[str]().union(*(fields for fields in seen.values() if fields))
    assert whole, f"nobody reads {thing}"
    for (role, at), fields in seen.items():
        opened = expected(thing, role, at)
        should = None if opened is None else frozenset(name for name in whole if marks[name] in opened)
        if fields != should:
            yield (
                thing,
                str(role),
                str(at),
                fields and sorted(fields - (should or set())),
                should and sorted(should - (fields or set())),
            )


@pytest.mark.parametrize("service", WORLDS)
async def test_every_single_read_shows_what_the_table_says(start: Start, service: str) -> None:
    assert await differing(start, service, all_roles=False) == []


@pytest.mark.slow
@pytest.mark.parametrize("service", WORLDS)
async def test_so_it_does_to_every_role_wherever_it_stands(start: Start, service: str) -> None:
    assert await differing(start, service, all_roles=True) == []
