"""Every command on a hand-over and its lines, asked by everybody: the sender, the receiver and the host go on."""

from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, CONSUL, CONSULATE, GATE, GATE_CODE, GATE_OFFICE, OFFICER, SENDER, Desk
from tests.support.answered import ok


def _of(role: Role, organisation: str) -> str:
    return caller(f"{organisation}-{role.lower().replace('_', '-')}", role, organisation, Purpose.REPATRIATION)


HEAD = _of(Role.SUPERVISOR, "bavet-centre")
ASKING = {
    "sender": SENDER,
    "other sender": _of(Role.SENDING_AUTHORITY, "tay-ninh-health"),
    "consul": CONSUL,
    "other consul": _of(Role.CONSULAR_OFFICER, "other-consulate"),
    "receiver": GATE,
    "other receiver": _of(Role.RECEIVING_AUTHORITY, "other-gate"),
    "host": OFFICER,
    "host's supervisor": HEAD,
    "other host": _of(Role.INTAKE_OFFICER, "far-centre"),
    "other host's supervisor": _of(Role.SUPERVISOR, "far-centre"),
    "stranger": _of(Role.CASEWORKER, "far-centre"),
}
PRESENT = [{"line_ref": ref("line 1"), "outcome": "present"}]
ARRIVED: dict[str, Any] = {"gate": GATE_CODE, "head_count": 2}
RECEIVING = {"receiver", "host", "host's supervisor"}
REASON, ERROR = {"reason": "WEATHER"}, {"reason": "ENTERED_IN_ERROR"}
COMMANDS: dict[str, tuple[bool, dict[str, Any], set[str]]] = {
    "confirm": (False, {"lines": [{"line_ref": ref("line 1"), "nationality": "CONFIRMED"}]}, {"consul"}),
    "arrive": (False, ARRIVED, {"receiver"}),
    "postpone": (False, REASON, {"sender", "receiver", "host's supervisor"}),
    "cancel": (False, REASON, {"sender", "receiver", "host's supervisor"}),
    "correct": (False, {"gate": "OTHER_UNKNOWN"}, {"receiver", "host's supervisor"}),
    "void": (False, ERROR, {"receiver", "host's supervisor"}),
    "reconcile": (True, {"lines": PRESENT, "added": [{"ref": ref("added")}]}, RECEIVING),
    "close": (True, {}, RECEIVING),
    "lines/correct": (False, {"detention": None}, RECEIVING),
    "lines/void": (True, ERROR, RECEIVING),
}
"""Whether the group has come, what is said, and who may say it."""


async def _group(desk: Desk, name: str, come: bool, **named: str) -> str:
    line = {"ref": ref(f"line of {name}"), "number": 1, "as_received": {"full_name": "Xun Chan Tha"}}
    body: dict[str, Any] = {
        "ref": ref(name),
        "country": "VN",
        "gate": GATE_CODE,
        "planned_day": "2026-11-04",
        "lines": [line],
    }
    ok(await desk.do("handovers", SENDER, **body, **named))
    group = f"handovers/{ref(name)}"
    if come:
        ok(await desk.change(group, "arrive", GATE, **ARRIVED))
        added = [{"ref": ref(f"added to {name}")}]
        present = [{"line_ref": ref(f"line of {name}"), "outcome": "present"}]
        ok(await desk.change(group, "reconcile", GATE, lines=present, added=added))
    return group


def _place(command: str, name: str) -> str:
    if not command.startswith("lines/"):
        return f"handovers/{ref(name)}/{command}"
    line = "added to" if command == "lines/void" else "line of"
    return f"lines/{ref(f'{line} {name}')}/{command.removeprefix('lines/')}"


def _said(body: dict[str, Any], name: str) -> dict[str, Any]:
    """The same body, about the lines of this group."""
    of_group = {ref("line 1"): ref(f"line of {name}"), ref("added"): ref(f"added to {name}")}
    renamed = {
        key: [{inner: of_group.get(said, said) for inner, said in line.items()} for line in value]
        for key, value in body.items()
        if isinstance(value, list)
    }
    return body | renamed


@pytest.mark.parametrize("command", COMMANDS)
async def test_another_sender_cancels_and_unrelated_staff_void_a_hand_over(desk: Desk, command: str) -> None:
    """Every command, by everybody: done, on a group of its own each, or as if the group were not there."""
    named = {"receiver_ref": GATE_OFFICE, "host_ref": CENTRE, "consulate_ref": CONSULATE}
    come, body, may = COMMANDS[command]
    await _group(desk, "others", come, **named)
    version = await desk.version(_place(command, "others").rpartition("/")[0])
    before = await desk.harness.rows("intake", "journal")
    for who in ASKING.keys() - may:
        answer = await desk.do(_place(command, "others"), ASKING[who], version, **_said(body, "others"))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), who
    assert await desk.harness.rows("intake", "journal") == before
    for who in may:
        await _group(desk, who, come, **named)
        version = await desk.version(_place(command, who).rpartition("/")[0])
        answer = await desk.do(_place(command, who), ASKING[who], version, **_said(body, who))
        assert answer.status_code == 200, (who, answer.text)


async def test_a_list_that_names_nobody_is_the_sender_s_until_somebody_countersigns(desk: Desk) -> None:
    group = await _group(desk, "unnamed", False)
    for who in (GATE, HEAD):
        assert (await desk.change(group, "cancel", who, **REASON)).status_code == 404
    ok(await desk.change(group, "arrive", GATE, **ARRIVED))
    assert (await desk.see(group, GATE))["receiver_ref"] == GATE_OFFICE
    assert (await desk.change(group, "correct", HEAD, gate="OTHER_UNKNOWN")).status_code == 404
    ok(await desk.change(group, "correct", GATE, host_ref=CENTRE))
    ok(await desk.change(group, "correct", HEAD, gate="OTHER_UNKNOWN"))
