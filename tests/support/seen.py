"""Asks every list of the product as every kind of caller, and compares it with the single reads of the same things."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from shared.auth import Role
from shared.testing import Harness, caller

LISTS = {
    "/intake/v1/cases": "case_file",
    "/intake/v1/consents": "consent",
    "/intake/v1/handovers": "handover",
    "/intake/v1/households": "household",
    "/intake/v1/persons": "person",
    "/intake/v1/provisions": "provision",
    "/intake/v1/stays": "stay",
    "/screening/v1/interviews": "interview",
    "/screening/v1/determinations": "determination",
    "/screening/v1/best-interests": "best_interests",
    "/referrals/v1/organisations": "organisation",
    "/referrals/v1/groups": "peer_group",
    "/referrals/v1/plans": "plan",
    "/referrals/v1/goals": "goal",
    "/referrals/v1/service-referrals": "service_referral",
    "/referrals/v1/memberships": "membership",
    "/referrals/v1/followups": "followup",
    "/grants/v1/programmes": "programme",
    "/grants/v1/applications": "application",
    "/grants/v1/instalments": "instalment",
    "/grants/v1/businesses": "business",
}
"""Every list whose things can be read by themselves, and the table of its rows."""


def callers(related: str) -> Iterator[str]:
    """Every role: of a worker who has parts, of the same ref at another house, and of a stranger of the same house."""
    for role in sorted(set(Role) - {Role.SYSTEM}):
        yield caller(related, role)
        yield caller(related, role, "village-network")
        yield caller("nobody-there", role)


async def contradictions(world: Harness, related: str) -> AsyncIterator[tuple[str, ...]]:
    """Where a list shows what its single read does not, or hides what it does."""
    for path, table in LISTS.items():
        stored = [row["ref"] for row in await world.rows(path.split("/")[1], table)]
        for who in callers(related):
            shown = {ref async for ref in listed(world, path, who)}
            # One of what is shown and one of what is hidden, another for each caller.
            for some in (sorted(shown), sorted(set(stored) - shown)):
                for ref in some[len(who) % max(len(some), 1) :][:1]:
                    if ((await world.get(f"{path}/{ref}", who)).status_code == 200) != (ref in shown):
                        yield path, who, ref


async def listed(world: Harness, path: str, who: str) -> AsyncIterator[str]:
    """The refs on all pages; none where there is no such list for the caller."""
    asked: dict[str, Any] = {"limit": 200}
    while True:
        answer = await world.get(path, who, **asked)
        page = answer.json() if answer.status_code == 200 else {"items": []}
        for item in page["items"]:
            yield item["ref"]
        if page.get("next_cursor") is None:
            return
        asked["cursor"] = page["next_cursor"]
