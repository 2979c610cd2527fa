"""Who stands how to one case: callers of every role at the organisations around it, and who works on it."""

from enum import StrEnum

from sqlalchemy import insert

from shared.auth import Role
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
    """Whoever is of the team has a part in the case, as the fact that assigns them makes it."""
    (running,) = world.running.values()
    house = pseudonym("organisation", holder)
    parts = [
        Relation(f"case/{case_ref}", "intake", pseudonym("staff", name_of(role, Standing.TEAM)), house, kind)._asdict()
        for role in ROLES
    ]
    await running.kept.database.write(
        lambda connection: connection.execute(insert(running.kept.ledger.relation), parts)
    )
