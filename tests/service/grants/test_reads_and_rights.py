"""Lists with filters and cursors, versions, words that are sealed, and strangers who find nothing."""

import asyncio
from pathlib import Path

import pytest

from shared.auth import Purpose, Role
from shared.testing import caller, ref
from tests.service.grants.desk import Desk, business_plan, part, staff, who


async def test_lists_are_filtered_and_paged(desk: Desk) -> None:
    programme = await desk.programme()
    for case in ("sok", "chan", "dany"):
        await desk.heard(case)
        await desk.drafted(case, programme)
    page = await desk.read("applications", limit=2)
    rest = await desk.read("applications", limit=2, cursor=page["next_cursor"])
    assert [item["case_ref"] for item in (*page["items"], *rest["items"])] == [ref(c) for c in ("sok", "chan", "dany")]
    assert rest["next_cursor"] is None
    assert len((await desk.read("applications", case_ref=ref("chan")))["items"]) == 1
    assert len((await desk.read("applications", household_ref=ref("household of dany")))["items"]) == 1
    assert (await desk.read("applications", status="approved"))["items"] == []
    assert len((await desk.read("programmes", status="open"))["items"]) == 1


async def test_lists_take_several_statuses_days_months_and_the_newest_first(desk: Desk) -> None:
    programme = await desk.programme()
    for case in ("sok", "chan"):
        await desk.heard(case)
    await desk.drafted("sok", programme)
    _, (first, _), business = await desk.signed("chan", programme)
    await desk.paid(first)
    await desk.read(business)
    await desk.done("dara", f"{business}/cease", {"reason": "FLOOD"})
    both = await desk.read("applications", status=["draft", "disbursing"], order="newest")
    assert [found["case_ref"] for found in both["items"]] == [ref("chan"), ref("sok")]
    for path, name, day in (
        ("programmes", "", (await desk.read(f"programmes/{programme}"))["opened_on"]),
        ("applications", "signed_", both["items"][0]["signed_on"]),
        ("instalments", "paid_", (await desk.read(first))["paid_on"]),
        ("businesses", "ceased_", (await desk.read(business))["ceased_on"]),
    ):
        for asked, count in (({"day": day}, 1), ({"month": day[:7]}, 1), ({"month": "2020-01"}, 0)):
            filters = {f"{name}{kind}": value for kind, value in asked.items()}
            assert len((await desk.read(path, **filters))["items"]) == count, (path, filters)


async def test_a_page_links_to_the_next(desk: Desk) -> None:
    refs = [await desk.programme() for _ in range(3)]
    first = await desk.world.get("/grants/v1/programmes", who("bopha"), limit=2, status="open")
    link = first.headers["Link"]
    assert link.endswith('>; rel="next"')
    async with desk.world.client() as client:
        last = await client.get(link[1 : link.index(">")], headers={"Authorization": who("bopha")})
    assert [item["ref"] for item in (*first.json()["items"], *last.json()["items"])] == refs
    assert "Link" not in last.headers


def stored(folder: Path) -> bytes:
    """Every byte that was written."""
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_words_are_for_those_who_work_on_the_case(desk: Desk, tmp_path: Path) -> None:
    await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    assert (await desk.read(path))["words"].startswith("She wants to sell")
    assert (await desk.read(path, "kosal"))["words"] is None
    assert (await desk.read("applications"))["items"][0]["words"] is None
    assert b"She wants to sell" not in await asyncio.to_thread(stored, tmp_path)


async def test_a_stranger_to_the_case_finds_nothing(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    assert await desk.refused("kosal", f"{path}/submit") == "relation_needed"
    assert await desk.refused("sovann", f"{path}/vote", {"ballot": "FOR"}) == "relation_needed"
    await desk.done("dara", f"{path}/assign", part("kosal", "GRANT"))
    await desk.done("dara", f"{path}/release", part("kosal", "GRANT"))
    assert await desk.refused("kosal", f"{path}/submit") == "relation_needed"
    outsider = caller("thy", Role.SERVICE_PROVIDER, "school", Purpose.REINTEGRATION)
    assert (await desk.world.get(f"/grants/v1/{path}", outsider)).status_code == 404


async def test_members_see_the_case_until_it_is_decided(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.assessed("sok", await desk.programme())
    await desk.voted(path)
    assert (await desk.read(path, "phirun"))["words"] is not None
    await desk.done("sovann", f"{path}/approve", {"amount": 20_000})
    assert (await desk.read(path, "phirun"))["words"] is None
    assert (await desk.read(path))["approvers"] == [staff(name) for name in ("sovann", "neary", "phirun")]


async def test_versions_guard_changes(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    stale = await desk.world.post(f"/grants/v1/{path}/submit", who("dara"), {}, version=1)
    missing = await desk.world.post(f"/grants/v1/{path}/submit", who("dara"), {})
    assert (stale.status_code, missing.status_code) == (412, 428)


async def test_a_draft_is_corrected_and_voided(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    changed = {
        "reason": "PERSON_ASKED",
        "holders": [ref("person of sok")],
        "plan": business_plan(12_000),
        "notes": {"words": "A smaller stall first."},
    }
    await desk.done("dara", f"{path}/correct", changed)
    found = await desk.read(path)
    assert (found["requested"], found["words"]) == (12_000, "A smaller stall first.")
    assert (await desk.done("dara", f"{path}/void", {"reason": "DUPLICATE"}))["next"] == []


async def test_programmes_are_corrected_closed_and_voided(desk: Desk) -> None:
    programme = await desk.programme()
    path = f"programmes/{programme}"
    await desk.read(path)
    changed = {"reason": "NEW_INFORMATION", "name": "Return fund", "budget": 5, "terms": {"ceiling": 50_000}}
    await desk.done("bopha", f"{path}/correct", changed)
    assert (await desk.read(path))["free"] == 5
    assert (await desk.done("bopha", f"{path}/close"))["status"] == "closed"
    other = f"programmes/{await desk.programme()}"
    await desk.read(other)
    assert (await desk.done("bopha", f"{other}/void", {"reason": "PRACTICE"}))["status"] == "voided"


@pytest.mark.parametrize(
    ("change", "status"),
    [({"amount": 1.5}, 422), ({"amount": "100"}, 422), ({"amount": -5}, 422), ({"repayment": 10}, 422)],
)
async def test_only_whole_money_and_no_repayment_is_understood(
    desk: Desk, change: dict[str, object], status: int
) -> None:
    await desk.heard("sok")
    path = await desk.assessed("sok", await desk.programme())
    await desk.voted(path)
    assert (await desk.ask("sovann", f"{path}/approve", {"amount": 100} | change)).status_code == status


async def test_instalments_and_businesses_are_put_right(desk: Desk) -> None:
    await desk.heard("sok")
    _, (first, second), business = await desk.signed("sok", await desk.programme())
    await desk.paid(first)
    await desk.done("dara", f"{first}/add-receipt", {
        "receipt_ref": ref("statement"), "kind": "WITNESS_STATEMENT", "witness": "VILLAGE_CHIEF",
        "amount": 15_000, "currency": "USD",
    })  # fmt: skip
    await desk.done("sreymom", f"{first}/correct", {"reason": "MISTYPED", "form": "VOUCHER"})
    struck = {"receipt_ref": ref("statement"), "reason": "DUPLICATE"}
    assert (await desk.done("dara", f"{first}/strike-receipt", struck))["status"] == "paid"
    await desk.done("dara", f"{second}/hold", {"reason": "FAMILY_DECISION"})
    await desk.done("dara", f"{second}/void", {"reason": "ENTERED_IN_ERROR"})
    await desk.read(business)
    await desk.done("dara", f"{business}/correct", {"reason": "MISTYPED", "activity": "SEWING", "place": "200106"})
    assert (await desk.read(business))["activity"] == "SEWING"
    assert (await desk.done("dara", f"{business}/void", {"reason": "DUPLICATE"}))["status"] == "voided"


async def test_revised_rejected_suspended_and_resumed(desk: Desk) -> None:
    programme = await desk.programme()
    for case in ("sok", "chan", "dany"):
        await desk.heard(case)
    revised = await desk.assessed("sok", programme)
    await desk.voted(revised)
    assert (await desk.done("sovann", f"{revised}/request-revision", {"reason": "COSTS"}))["status"] == (
        "revision_requested"
    )
    rejected = await desk.assessed("chan", programme)
    await desk.voted(rejected, "AGAINST", "AGAINST", "FOR")
    assert (await desk.done("sovann", f"{rejected}/reject", {"reason": "NOT_VIABLE"}))["status"] == "rejected"
    signed, (first, _), _ = await desk.signed("dany", programme)
    await desk.done("dara", f"{signed}/suspend", {"reason": "SAFETY"})
    assert await desk.refused("sreymom", f"{first}/release", {"form": "GOODS"}) == "grant_not_running"
    assert (await desk.done("dara", f"{signed}/resume"))["status"] == "agreement_signed"
