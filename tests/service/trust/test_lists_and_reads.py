"""An attack that once worked: lists that show what their single read hides, and rows for those who count only."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from services import SERVICES
from shared.auth import Caller, Purpose, Role
from shared.ids import pseudonym
from shared.testing import Harness, caller
from tests.conftest import Start
from tests.support.callers import caller_of
from tests.support.prepared import prepared
from tests.support.seen import Looking, keys_of, listed_things, needs_a_list, stored, strangers

WORKERS = {
    "intake": caller("srey-intake", Role.INTAKE_OFFICER),
    "screening": caller("dara-decider", Role.DECIDER),
    "referrals": caller("worker", Role.CASEWORKER),
    "grants": caller("dara", Role.GRANTS_OFFICER, "livelihood-fund"),
}


def named_lists(world: Harness) -> list[str]:
    """The lists of the API whose things can be read by themselves."""
    routes = {
        route.path: route.operation_id or "" for route in world.app.routes if "GET" in getattr(route, "methods", ())
    }
    return [path for path, name in routes.items() if name.startswith("list") and f"{path}/{{ref}}" in routes]


@pytest.mark.parametrize("name", SERVICES)
async def test_attack_7_no_list_shows_a_row_whose_single_read_is_not_found(start: Start, name: str) -> None:
    world = await prepared(start, name)
    kept, worker = world.running[name].kept, caller_of(WORKERS[name])
    analysts = [Caller(worker.staff_ref, house, Role.ANALYST, why) for house in HOUSES for why in COUNTING]
    assert len(named_lists(world)) == len(list(listed_things(name)))
    for things in listed_things(name):
        rows = await world.rows(name, stored(things))
        refs = [row["ref"] for row in rows][:3]
        assert refs, f"nothing is prepared for {things.__name__}"
        asked = {"handover_ref": rows[0]["handover_ref"]} if needs_a_list(things) else {}
        keys = await keys_of(kept, things, refs)

        def told(conn: Connection, things: Any, refs: list[str], asked: dict[str, Any], keys: Any) -> list[Any]:
            look = partial(Looking, conn, kept, keys, things)
            wrong = [
                (who, *one) for who in (worker, *strangers(name)) for one in look(who).contradictions(refs, **asked)
            ]
            return wrong + [(who, "a row") for who in analysts if look(who).listed(**asked)]

        assert await kept.database.read(partial(told, things=things, refs=refs, asked=asked, keys=keys)) == []


COUNTING = (Purpose.PROTECTION, Purpose.REPORTING)
HOUSES = [pseudonym("organisation", house) for house in ("bavet-centre", "livelihood-fund", "far-house")]
