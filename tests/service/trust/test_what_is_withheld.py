"""What the rules refuse because of a thing's own row is not offered: what is offered may be done by what one says."""

from typing import Any

from shared.model import StatusTable
from tests.conftest import SERVICES, Start
from tests.service.intake.desk import Desk, born, refused
from tests.service.trust.test_what_may_follow import service
from tests.support.answered import ok

Stands = dict[str, Any]
WITHHELD: dict[str, tuple[Stands, Stands]] = {
    "RejectDetermination": ({"proposed_by": None}, {"proposed_by": "a"}),
    "ConfirmDetermination": ({"proposed_by": None}, {"proposed_by": "a"}),
    "MakeDetermination": ({"proposed_by": "a"}, {"proposed_by": None}),
    "AmendDetermination": ({"proposed_by": "a"}, {"proposed_by": None}),
    "CompleteInterview": ({"answers": 0}, {"answers": 1}),
    "Depart": ({"travel_mode": None}, {"travel_mode": "BUS"}),
    "VoidProgramme": (
        {"reserved": 0, "committed": 0, "spent": 1},
        {"reserved": 0, "committed": 0, "spent": 0},
    ),
    **dict.fromkeys(
        ("SuspendOrganisation", "ReinstateOrganisation", "CloseOrganisation", "VoidOrganisation"),
        ({"kind": "POLICE"}, {"kind": "SCHOOL"}),
    ),
}
"""Of each command that is withheld by a row: a row that does so, and one that does not. Written by hand."""
AT_FIRST = {"reserved": 0, "committed": 0, "spent": 0, "answers": 0}
"""What a new thing counts."""


def _tables() -> list[StatusTable]:
    return [thing.statuses for name in SERVICES for thing in service(name).commands]


def test_a_row_withholds_what_the_table_by_hand_says() -> None:
    found = {command.__name__ for table in _tables() for command in table.withheld}
    assert found == WITHHELD.keys()
    for table in _tables():
        for command, refuses in table.withheld.items():
            no, yes = WITHHELD[command.__name__]
            assert (refuses(no), refuses(yes)) == (True, False), command


def test_what_is_withheld_is_what_a_status_would_offer() -> None:
    for table in _tables():
        empty = {name: None for command in table.withheld for name in WITHHELD[command.__name__][0]}
        for command in table.withheld:
            allowing = [status for status, allowed in table.allowed.items() if command in allowed - table.inner]
            assert allowing, command
            for row, offered in zip(WITHHELD[command.__name__], (False, True), strict=True):
                stands = [{**empty, **AT_FIRST, **row, "status": status} for status in allowing]
                assert {command.__name__ in table.next_of(one) for one in stands} == {offered}, command


async def test_a_way_home_is_offered_once_the_travel_is_arranged(start: Start) -> None:
    desk = Desk(await start("intake"))
    stay = f"stays/{await desk.stay(await desk.case('Keo Sophea', born(1985)))}"
    assert "depart" not in (await desk.see(stay))["next"]
    refused(await desk.change(stay, "depart"), "travel_not_arranged")
    arranged = ok(await desk.change(stay, "arrange-travel", mode="BUS"))
    assert "depart" in arranged["next"]
    assert "depart" in (await desk.see(stay))["next"]
    ok(await desk.change(stay, "depart"))
