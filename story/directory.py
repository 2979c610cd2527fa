"""Plays the directory: partners are registered, bodies of state by two stewards, and groups formed."""

from shared.auth import Role
from shared.contracts.referrals import has_authority
from story.desk import Desk, Json
from story.header import Group, Organisation, Staff

SERVICES = {"SELF_HELP_GROUP": "SHG-JOIN", "COOPERATIVE": "AC-JOIN", "AWARENESS_SESSION": "AWR-COMMUNITY"}
"""Which service of the catalogue joining such a group is."""
PROPOSES, CONFIRMS = (
    Staff(key=key, organisation="directory-office", role=Role.DIRECTORY_STEWARD)
    for key in ("channary-steward", "huong-steward")
)
"""The two who look after the directory wherever invented people sign in: no folder names them."""


async def register(desk: Desk, organisation: Organisation) -> None:
    """Register a partner under the ref that its workers act for; a body of state by two directory stewards."""
    entry = {
        "kind": organisation.kind,
        "name": organisation.name.km,
        "alternate_name": organisation.name.en,
        "country": organisation.country,
        "services": [{"service": code} for code in organisation.offers],
    }
    ref, at = desk.organisation(organisation.key), desk.scenario.header.handover.announced
    if has_authority(organisation.kind):
        await _agree(desk, ref, entry)
    else:
        await desk.post(desk.scenario.on_duty("COORDINATES"), "/referrals/v1/organisations", {"ref": ref, **entry}, at)


async def _agree(desk: Desk, ref: str, entry: Json) -> None:
    """One steward proposes and the other confirms; nothing, where the directory has it from another story."""
    if await desk.get(PROPOSES, f"/referrals/v1/organisations/{ref}") is not None:
        return
    at = desk.scenario.header.handover.announced
    proposal = f"/referrals/v1/proposals/{desk.ref('proposal', ref)}"
    body = {"ref": desk.ref("proposal", ref), "organisation_ref": ref, **entry}
    await desk.post(PROPOSES, "/referrals/v1/proposals/registration", body, at)
    await desk.change(CONFIRMS, proposal, "confirm", at)


async def form(desk: Desk, group: Group) -> None:
    """Form a group that households can join."""
    service = SERVICES[group.kind]
    body = {"ref": desk.ref("group", group.key), "kind": group.kind, "service": service, "name": group.key}
    await desk.post(desk.scenario.on_duty("COORDINATES"), "/referrals/v1/groups", body, group.formed)
