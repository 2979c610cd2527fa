"""What the directory says of an organisation, and for whom its people may speak: referrals and screening together."""

from shared.ids import pseudonym
from shared.testing import Harness
from tests.conftest import Start
from tests.service.referrals.desk import Desk
from tests.service.screening.casework import CASE, DOSVY, SENT, Casework, decision
from tests.support.answered import ok
from tests.support.stewards import FIRST, SECOND, begun

THEIRS = pseudonym("organisation", "dosvy-svay-rieng")
POLICE = {"organisation_ref": THEIRS, "kind": "POLICE", "name": "A station"}


async def settled(*worlds: Harness) -> None:
    """Both services at rest, each having heard the other."""
    for world in (*worlds, *worlds):
        await world.settle()


async def test_attack_8_a_finding_for_the_police_filed_by_an_organisation_that_is_only_proposed(start: Start) -> None:
    """Proposed it speaks for nobody. Once a second steward has confirmed it, the same people speak for the police."""
    directory, screening = Desk(await start("referrals")), Casework(await start("screening"))
    await begun(directory.harness)
    await screening.admit()
    await screening.interviewed(SENT)
    asked = {"case_ref": CASE, "interview_ref": screening.interview, "body": "POLICE"}
    proposal = ok(await directory.post("proposals/registration", FIRST, POLICE))["ref"]
    await settled(directory.harness, screening.world)
    refused = await screening.world.post("/screening/v1/determinations", DOSVY, asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "body_of_another_organisation")
    ok(await directory.do(f"proposals/{proposal}/confirm", SECOND))
    await settled(directory.harness, screening.world)
    found = await screening.suggest(DOSVY, body="POLICE")
    assert (await screening.on(found, "make", DOSVY, decision("VOT"))).status_code == 200
