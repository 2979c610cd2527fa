"""An attack that once worked: the names on a hand-over's list, read by staff of any organisation with some role."""

from functools import partial
from typing import Any

from sqlalchemy import Connection

from services.intake.handovers import queries as handovers
from services.intake.lines import queries as lines
from shared.auth import Caller, Purpose, Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.conftest import Start
from tests.service.intake.desk import (
    CENTRE,
    CONSUL,
    CONSULATE,
    GATE,
    GATE_CODE,
    GATE_OFFICE,
    OFFICER,
    SENDER,
    Desk,
    refused,
)
from tests.service.intake.test_handovers import line
from tests.support.answered import ok
from tests.support.prepared import prepared
from tests.support.seen import Looking, keys_of

RECEIVING = {Role.RECEIVING_AUTHORITY, Role.SOCIAL_AFFAIRS, Role.INTAKE_OFFICER, Role.SUPERVISOR}
READERS: dict[str, set[Role]] = {
    "long-an-health": {Role.SENDING_AUTHORITY},
    "bavet-gate": RECEIVING,
    "bavet-centre": RECEIVING,
    "consulate": {Role.CONSULAR_OFFICER},
    "other-consulate": set(),
    "tay-ninh-health": set(),
    "other-gate": set(),
    "far-centre": set(),
}
"""Who reads the names: of the sender, the receiver, the host, and the consulate that answers; written by hand."""


async def test_attack_6_names_are_for_the_sender_the_receiver_and_the_host(start: Start) -> None:
    """Every role at every house: the hand-over, its lines, their names, in lists and one by one."""
    world = await prepared(start, "intake")
    kept, rows = world.running["intake"].kept, await world.rows("intake", "line")
    refs, group = [row["ref"] for row in rows], rows[0]["handover_ref"]
    keys = await keys_of(kept, lines, refs)
    assert refs

    def seen(conn: Connection) -> list[Any]:
        wrong = []
        for house, readers in READERS.items():
            for role in sorted(set(Role) - {Role.SYSTEM}):
                who = Caller(pseudonym("staff", "any"), pseudonym("organisation", house), role, Purpose.PROTECTION)
                look = partial(Looking, conn, kept, keys)
                one, many = look(lines, who), look(handovers, who)
                listed = one.listed(handover_ref=group)
                names = [one.read(ref_) for ref_ in refs]
                found = {
                    "hand-over": group in many.listed() and many.read(group) is not None,
                    "listed": [line["as_received"] is not None for line in listed.values()] == [True] * len(refs),
                    "read": all(line is not None and line["as_received"] is not None for line in names),
                }
                hidden = not listed and not any(names) and group not in many.listed() and many.read(group) is None
                expected = role in readers
                if found != dict.fromkeys(found, expected) or hidden is expected:
                    wrong.append((house, role, found))
        return wrong

    assert await kept.database.read(seen) == []


OTHER_CONSUL = caller("chea-consul", Role.CONSULAR_OFFICER, "other-consulate", Purpose.REPATRIATION)
OTHER_GATE = caller("other-gate", Role.RECEIVING_AUTHORITY, "other-gate", Purpose.REPATRIATION)


async def _unnamed(desk: Desk) -> str:
    """A list on which nobody is named yet but its sender."""
    said: dict[str, Any] = {"country": "VN", "gate": GATE_CODE, "planned_day": "2026-11-04"}
    remarks = {"remarks": {"health": "Fever.", "circumstances": "Slept at the market.", "remarks": "Alone."}}
    lines = [line(1, "Xốc Xa Rây", **remarks)]
    return f"handovers/{ok(await desk.do('handovers', SENDER, ref=ref('unnamed'), lines=lines, **said))['ref']}"


async def test_attack_consuls_read_the_names_of_every_list(desk: Desk) -> None:
    """Where none was named they see that a group comes; names are for the first that takes the list on, and said so."""
    group, name = await _unnamed(desk), f"lines/{ref('line 1')}"
    for consul in (CONSUL, OTHER_CONSUL):
        assert (await desk.see(group, consul))["announced"] == 1
        await desk.unseen(name, consul)
        listed = await desk.harness.get("/intake/v1/lines", consul, handover_ref=ref("unnamed"))
        assert listed.json()["items"] == []
    ok(await desk.change(group, "confirm", CONSUL))
    assert (await desk.see(group, CONSUL))["consulate_ref"] == CONSULATE
    assert (await desk.see(name, CONSUL))["as_received"]["full_name"] == "Xốc Xa Rây"
    assert (await desk.see(name, CONSUL))["remarks"] is None
    await desk.unseen(group, OTHER_CONSUL)
    await desk.unseen(name, OTHER_CONSUL)
    refused(await desk.do(f"{group}/confirm", OTHER_CONSUL, 2), "not_found")
    answers = [{"line_ref": ref("line 1"), "nationality": "CONFIRMED"}]
    assert ok(await desk.change(group, "confirm", CONSUL, lines=answers))["status"] == "confirmed"


async def test_attack_words_about_health_are_read_by_the_gate_and_by_social_affairs(desk: Desk) -> None:
    """Whoever takes the people in is told how they are; whoever counts them is told who they are."""
    group, name = await _unnamed(desk), f"lines/{ref('line 1')}"
    ok(await desk.change(group, "arrive", GATE, gate=GATE_CODE, head_count=1, host_ref=CENTRE))
    houses = {"bavet-gate": GATE_OFFICE, "bavet-centre": CENTRE}
    for house in houses:
        for role in (Role.RECEIVING_AUTHORITY, Role.SOCIAL_AFFAIRS):
            seen = await desk.see(name, caller("any", role, house, Purpose.REPATRIATION))
            assert (seen["as_received"]["full_name"], seen["remarks"]) == ("Xốc Xa Rây", None)
    assert (await desk.see(name, OFFICER))["remarks"]["health"] == "Fever."


async def test_attack_hand_overs_that_name_nobody_are_read_by_every_gate_for_ever(desk: Desk) -> None:
    """As long as somebody may still come to their gate, they see that; not once it is called off, or somebody has."""
    group = await _unnamed(desk)
    assert (await desk.see(group, OTHER_GATE))["gate"] == GATE_CODE
    await desk.unseen(f"lines/{ref('line 1')}", OTHER_GATE)
    ok(await desk.change(group, "cancel", SENDER, reason="WEATHER"))
    for who in (OTHER_GATE, GATE, CONSUL):
        await desk.unseen(group, who)
        assert (await desk.see("handovers", who))["items"] == []
