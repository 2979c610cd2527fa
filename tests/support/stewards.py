"""The two invented people who look after the directory, and how it begins with them in a world of a test."""

from typing import Any

from services.issuing.people import STEWARDS, practice_directory
from services.operating.beginning import begin_directory
from services.operating.office import Office
from services.operating.orders import Order
from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import Harness, caller

OFFICE = STEWARDS[0].organisation
FIRST, SECOND = (caller(one.key, Role.DIRECTORY_STEWARD, OFFICE) for one in STEWARDS)
FIRST_REF, SECOND_REF = (pseudonym("staff", one.key) for one in STEWARDS)
OFFICE_REF = pseudonym("organisation", OFFICE)


async def begun(world: Harness, *, upgrade: bool = False, **organisation: Any) -> dict[str, Any]:
    """An operator begins the directory. Raises Trouble where it may not begin."""
    kept = world.running["referrals"].kept
    said = practice_directory()
    said["organisation"] |= organisation
    order = Order(services=("referrals",), directory={**said, "upgrade": upgrade})
    answer = await begin_directory(Office([kept], world.bus, staff=pseudonym("staff", "anna")), order, _quiet)
    await world.settle()
    return answer


def _quiet(what: str, done: int, total: int) -> None: ...
