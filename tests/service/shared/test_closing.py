"""What stood in the clear in rows of before is sealed when a service starts, before anything is answered."""

from pathlib import Path

import pytest

from shared.auth import Role
from shared.testing import caller, ref
from tests.support.answered import ok
from tests.support.keyring import OFFICER, World, world_in
from tests.support.private import leaks, pieces
from tests.support.stewards import FIRST, FIRST_REF, SECOND, begun

NUMBER = "AZ-117/2026"
CASES = [ref(f"case {number}") for number in range(3)]
GIVEN = [{"system": "court", "value": NUMBER}]
AS_BEFORE = '[{"system":"court","value":"AZ-117/2026"}]'
STEWARD, THIRD = "Kong Sreyleak", "Tep Borey"


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Three cases and two stewards, one of whom proposed a third."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    made = world_in(tmp_path / "data", url)
    await made.live("dara")
    product, harness = made.product()
    async with product.lifespan():
        for number, case in enumerate(CASES):
            body = {"ref": case, "person_ref": ref("dara"), "country": ("VN", "KH", "VN")[number]}
            ok(await harness.post("/intake/v1/cases", OFFICER, body))
            if number < 2:
                closed = {"reason": "DUPLICATE"}
                ok(await harness.post(f"/intake/v1/cases/{case}/void", OFFICER, closed, version=1))
        await begun(harness)
        third = {"ref": ref("third"), "staff_ref": ref("tep"), "organisation_ref": ref("office"), "name": THIRD}
        third["organisation_ref"] = ok(await harness.get(f"/referrals/v1/stewards/{FIRST_REF}", FIRST))[
            "organisation_ref"
        ]
        ok(await harness.post("/referrals/v1/proposals/appointment", FIRST, third))
    return made


def as_before(world: World) -> None:
    """Put the values where earlier versions kept them."""
    world.sql(
        "intake",
        f"UPDATE case_file SET external_references = '{AS_BEFORE}' WHERE ref = '{CASES[2]}'",
    )
    world.sql(
        "referrals",
        f"UPDATE steward SET name = '{STEWARD}', called = NULL WHERE ref = '{FIRST_REF}'",
        f"UPDATE proposal SET steward_name = '{THIRD}', called = NULL WHERE ref = '{ref('third')}'",
    )


def in_the_clear(world: World) -> list[object]:
    found = world.sql("intake", "SELECT ref FROM case_file WHERE external_references <> '[]'")
    for table, filled in (("steward", "name <> '-'"), ("proposal", "steward_name IS NOT NULL")):
        found += world.sql("referrals", f"SELECT ref FROM {table} WHERE {filled}")
    return found


async def test_values_of_before_are_sealed_at_the_next_start_and_read_as_ever(world: World) -> None:
    as_before(world)
    assert len(in_the_clear(world)) == 3
    product, harness = world.product()
    async with product.lifespan():
        assert in_the_clear(world) == []
        read = ok(await harness.get(f"/intake/v1/cases/{CASES[2]}", OFFICER))
        assert read["external_references"] == GIVEN
        named = ok(await harness.get(f"/referrals/v1/stewards/{FIRST_REF}", SECOND))
        assert named["name"] == STEWARD
        proposal = f"/referrals/v1/proposals/{ref('third')}"
        assert ok(await harness.get(proposal, SECOND))["steward_name"] == THIRD
        ok(await harness.post(f"{proposal}/confirm", SECOND, version=1))
        appointed = ok(await harness.get(f"/referrals/v1/stewards/{ref('tep')}", SECOND))
        assert appointed["name"] == THIRD
    assert world.sql("intake", "SELECT count(*) FROM case_file WHERE elsewhere IS NOT NULL") == [1]
    assert leaks(pieces(world.settings.data_dir), [NUMBER, STEWARD, THIRD]) == []


async def test_a_row_that_was_sealed_since_keeps_what_it_has(world: World) -> None:
    """An older process that still runs writes the old column; what a newer one sealed there is not lost."""
    product, harness = world.product()
    async with product.lifespan():
        body = {"external_references": [{"system": "court", "value": "newer"}]}
        ok(await harness.post(f"/intake/v1/cases/{CASES[2]}/correct", OFFICER, body, version=1))
    as_before(world)
    product, harness = world.product()
    async with product.lifespan():
        assert in_the_clear(world) == []
        assert (await harness.get(f"/intake/v1/cases/{CASES[2]}", OFFICER)).json()["external_references"] == [
            {"system": "court", "value": "newer"}
        ]


async def test_nobody_reads_how_a_steward_is_called_who_is_none(world: World) -> None:
    product, harness = world.product()
    async with product.lifespan():
        nobody = caller("minted", Role.DIRECTORY_STEWARD, "bavet-centre")
        assert (await harness.get(f"/referrals/v1/stewards/{FIRST_REF}", nobody)).status_code == 404
