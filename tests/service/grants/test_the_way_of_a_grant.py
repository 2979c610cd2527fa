"""One grant from the draft to the second instalment, over HTTP, by seven different people."""

from shared.testing import ref
from tests.service.grants.desk import Desk


async def test_a_grant_goes_its_whole_way(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    path, (first, second), business = await desk.signed("sok", programme)
    await desk.paid(first)
    await desk.evidenced(first, 15_000)
    await desk.done("veasna", f"{first}/reconcile")
    check = {"check_ref": ref("visit"), "state": "OPERATING", "notes": {"words": "Many customers in the morning."}}
    await desk.done("dara", f"{business}/check", check)
    await desk.paid(second)
    grant = await desk.read(path)
    assert (grant["status"], grant["approved"], grant["plan"]["activity"]) == ("active", 25_000, "GROCERY")
    assert grant["words"] == "She wants to sell rice and soap at the crossroads."
    budget = await desk.read(f"programmes/{programme}")
    assert (budget["reserved"], budget["committed"], budget["spent"], budget["free"]) == (0, 0, 25_000, 75_000)
    seen = await desk.read(business)
    assert (seen["status"], seen["visits"][0]["words"]) == ("operating", "Many customers in the morning.")
    told = await desk.world.told("grants", f"case/{ref('sok')}")
    wanted = ("application.approved", "application.disbursing", "application.active", "instalment.reconciled")
    assert [told.count(f"grants.{fact}.v1") for fact in wanted] == [1, 1, 1, 1]
    assert told.count("grants.instalment.paid.v1") == 2
