"""An attack that once worked: the names on a hand-over's list, read by staff of any organisation with some role."""

from functools import partial
from typing import Any

from sqlalchemy import Connection

from services.intake.handovers import queries as handovers
from services.intake.lines import queries as lines
from shared.auth import Caller, Purpose, Role
from shared.ids import pseudonym
from tests.conftest import Start
from tests.support.prepared import prepared
from tests.support.seen import Looking, keys_of

RECEIVING = {Role.RECEIVING_AUTHORITY, Role.SOCIAL_AFFAIRS, Role.INTAKE_OFFICER, Role.SUPERVISOR}
READERS: dict[str, set[Role]] = {
    "long-an-health": {Role.SENDING_AUTHORITY, Role.CONSULAR_OFFICER},
    "bavet-gate": RECEIVING | {Role.CONSULAR_OFFICER},
    "bavet-centre": RECEIVING | {Role.CONSULAR_OFFICER},
    "consulate": {Role.CONSULAR_OFFICER},
    "tay-ninh-health": {Role.CONSULAR_OFFICER},
    "other-gate": {Role.CONSULAR_OFFICER},
    "far-centre": {Role.CONSULAR_OFFICER},
}
"""Who reads the names: of the sender, the receiver, the host, and of a consulate; written by hand."""


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
