"""Who stands how to one case: callers of every role at the organisations around it, and who works on it."""

from enum import StrEnum

from sqlalchemy import insert

from shared.auth import Role
from shared.contracts.referrals import THE_DIRECTORY
from shared.ids import pseudonym
from shared.journey.parts import Relation
from shared.testing import Harness, caller


class Standing(StrEnum):
    """How somebody stands to the case, its hand-over and its referral: the organisation they speak for."""

    TEAM = "team"
    OWN = "own organisation"
    OTHER = "other organisation"
    HOST = "host"
    SENDER = "sender"
    RECEIVER = "receiver"
    PROVIDER = "provider"
    CONSULATE = "consulate"
    BODY = "body of state"


DIRECTORY = f"directory/{THE_DIRECTORY}"
ELSEWHERE = {
    Standing.OTHER: "far-centre",
    Standing.HOST: "host-house",
    Standing.SENDER: "long-an-health",
    Standing.RECEIVER: "bavet-gate",
    Standing.PROVIDER: "bavet-school",
    Standing.CONSULATE: "consulate",
    Standing.BODY: "police-of-svay-rieng",
}
ROLES = [role for role in Role if role is not Role.SYSTEM]


def name_of(role: Role, standing: Standing) -> str:
    return f"{standing}-{role}".lower().replace(" ", "-").replace("_", "-")


def standing_so(role: Role, standing: Standing, holder: str) -> str:
    """A caller of that role who stands so to a case of that holder."""
    return caller(name_of(role, standing), role, ELSEWHERE.get(standing, holder))


async def let_in(world: Harness, case_ref: str, holder: str, kind: str = "TEAM") -> None:
    """Whoever is of the team has a part in the case, and one in the directory, as the facts that name them make it."""
    (running,) = world.running.values()
    house = pseudonym("organisation", holder)
    made = ((f"case/{case_ref}", "intake", kind), (DIRECTORY, "referrals", "STEWARD"))
    parts = [
        Relation(subject, source, pseudonym("staff", name_of(role, Standing.TEAM)), house, part)._asdict()
        for role in ROLES
        for subject, source, part in made
    ]
    await running.kept.database.write(
        lambda connection: connection.execute(insert(running.kept.ledger.relation), parts)
    )
