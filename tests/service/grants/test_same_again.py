"""What a client adds under its own ref: sent again it is answered as before, and with anything otherwise refused."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.grants.app import SERVICE
from services.grants.applications.commands import DraftApplication
from services.grants.businesses.commands import CheckBusiness
from services.grants.instalments.commands import AddReceipt, PayInstalment
from services.grants.programmes.commands import OpenProgramme
from shared.model import Command
from shared.testing import ref
from tests.service.grants.desk import TERMS, Desk, business_plan, opened, payment, receipt

Body = dict[str, Any]
Ready = Callable[[Desk], Awaitable[tuple[str, str, Body]]]
RATE = {"currency": "KHR", "per_dollar": 40_500_000, "day": "2026-11-03", "source": "NBC"}
WHEN = {"effective_at": "2026-11-03T03:00:00Z"}


async def programme(_: Desk) -> tuple[str, str, Body]:
    body = {"ref": ref("fund"), "name": "Return fund", "currency": "USD", "budget": 100_000, "terms": TERMS}
    return "bopha", "programmes", body


async def application(desk: Desk) -> tuple[str, str, Body]:
    await desk.heard("sok")
    await desk.world.hear("intake", opened("chan"))
    body = {
        "ref": ref("application"),
        "case_ref": ref("sok"),
        "programme_ref": await desk.programme(),
        "holders": [ref("holder")],
        "plan": business_plan(),
        "notes": {"words": "Rice and soap."},
    }
    return "dara", "applications", body


async def paying(desk: Desk) -> tuple[str, str, Body]:
    await desk.heard("sok")
    _, (first, _), _ = await desk.signed("sok", await desk.programme())
    await desk.done("sreymom", f"{first}/release", {"form": "GOODS"})
    return "sreymom", f"{first}/pay", payment("one")


async def showing(desk: Desk) -> tuple[str, str, Body]:
    name, path, body = await paying(desk)
    await desk.done(name, path, body)
    return "dara", path.replace("/pay", "/add-receipt"), receipt("one", 5_000)


async def visiting(desk: Desk) -> tuple[str, str, Body]:
    await desk.heard("sok")
    _, _, business = await desk.signed("sok", await desk.programme())
    body = {"check_ref": ref("visit"), "state": "OPERATING", "findings": ["SALES_SEEN"], "notes": {"words": "Busy."}}
    return "dara", f"{business}/check", body


WALK: list[tuple[type[Command], str, Ready, Body]] = [
    (
        OpenProgramme,
        "ref",
        programme,
        {"name": "Other", "currency": "KHR", "rate": RATE, "budget": 100_001, "terms": TERMS | {"tolerance": 1}},
    ),
    (
        DraftApplication,
        "ref",
        application,
        {
            "case_ref": ref("chan"),
            "programme_ref": ref("other"),
            "holders": [ref("another")],
            "plan": business_plan(18_000, 7_001),
            "rate": RATE,
            "notes": {"words": "Rice and tea."},
        },
    ),
    (PayInstalment, "payment_ref", paying, {"currency": "KHR", "rate": RATE}),
    (
        AddReceipt,
        "receipt_ref",
        showing,
        {"kind": "INVOICE", "witness": "GROUP_LEADER", "amount": 5_001, "currency": "KHR", "rate": RATE},
    ),
    (CheckBusiness, "check_ref", visiting, {"state": "STRUGGLING", "findings": [], "notes": {"words": "Quiet."}}),
]


def test_the_walk_knows_every_command_that_creates_and_each_of_its_fields() -> None:
    walked = {command for command, *_ in WALK}
    assert {handler.command for table in SERVICE.commands for handler in table if handler.handling.creates} <= walked
    for command, name, _, otherwise in WALK:
        assert {name, "effective_at", *otherwise} == set(command.model_fields)


async def everything(desk: Desk) -> list[Any]:
    """All that is stored and told."""
    rows = [await desk.world.rows("grants", table) for table in ("programme", "application", "instalment", "business")]
    visits = await desk.world.rows("grants", "business_visit")
    return [rows, visits, await desk.world.told("grants")]


@pytest.mark.parametrize(("ready", "otherwise"), [walk[2:] for walk in WALK], ids=[walk[0].__name__ for walk in WALK])
async def test_the_same_again_is_answered_as_before_and_another_is_refused(
    desk: Desk, ready: Ready, otherwise: Body
) -> None:
    name, path, body = await ready(desk)
    first = await desk.done(name, path, body)
    stored = await everything(desk)
    again = await desk.done(name, path, body)
    assert (again["ref"], again["version"], again["status"]) == (first["ref"], first["version"], first["status"])
    for field, value in (otherwise | WHEN).items():
        assert await desk.refused(name, path, body | {field: value}) == "ref_in_use", field
    assert await everything(desk) == stored


async def test_a_visit_of_another_business_under_the_same_ref_is_refused(desk: Desk) -> None:
    name, path, body = await visiting(desk)
    await desk.done(name, path, body)
    await desk.heard("chan")
    _, _, other = await desk.signed("chan", await desk.programme())
    assert await desk.refused(name, f"{other}/check", body) == "ref_in_use"
