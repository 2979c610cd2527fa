"""Plays the directory: partners are registered and groups formed."""

from story.desk import Desk
from story.header import Group, Organisation

SERVICES = {"SELF_HELP_GROUP": "SHG-JOIN", "COOPERATIVE": "AC-JOIN", "AWARENESS_SESSION": "AWR-COMMUNITY"}
"""Which service of the catalogue joining such a group is."""


async def register(desk: Desk, organisation: Organisation) -> None:
    """Put a partner into the directory, under the ref its workers act for."""
    body = {
        "ref": desk.organisation(organisation.key),
        "kind": organisation.kind,
        "name": organisation.name.km,
        "alternate_name": organisation.name.en,
        "country": organisation.country,
        "services": [{"service": code} for code in organisation.offers],
    }
    at = desk.scenario.header.handover.announced
    await desk.post(desk.scenario.on_duty("COORDINATES"), "/referrals/v1/organisations", body, at)


async def form(desk: Desk, group: Group) -> None:
    """Form a group that households can join."""
    service = SERVICES[group.kind]
    body = {"ref": desk.ref("group", group.key), "kind": group.kind, "service": service, "name": group.key}
    await desk.post(desk.scenario.on_duty("COORDINATES"), "/referrals/v1/groups", body, group.formed)
