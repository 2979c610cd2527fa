"""At the border: the list is sent, the consulate answers for each line, the gate counts, every line is reconciled."""

from shared.clock import local_day
from story.desk import Desk, Json
from story.header import Handover
from story.rows import ListLine
from story.scenario import Scenario

CIRCUMSTANCES = {"Ăn xin": "BEGGING", "Bán vé số": "SELLING_LOTTERY", "Bán hàng": "SELLING_OTHER", "Làm": "WORKING"}
"""How the officer begins to describe where somebody was found, and the code for it."""


def _path(desk: Desk, handover: Handover) -> str:
    return f"/intake/v1/handovers/{desk.ref('handover', handover.key)}"


def line_ref(desk: Desk, number: int) -> str:
    """The ref of a line of the list."""
    return desk.ref("line", str(number))


def _line(desk: Desk, line: ListLine) -> Json:
    """A line as the officer wrote it, with the little that is read out of it."""
    found = next(
        (code for said, code in CIRCUMSTANCES.items() if (line.circumstances or "").startswith(said)), "UNKNOWN"
    )
    remarks = {"circumstances": line.circumstances, "remarks": line.remarks}
    received = {
        "full_name": line.name,
        "other_names": [line.other_name] if line.other_name else [],
        "birth": line.birth,
        "sex": line.sex_written,
        "home": line.home,
    }
    return {
        "ref": line_ref(desk, line.number),
        "number": line.number,
        "listed_as": "ADULT" if line.adult else "CHILD" if line.child else "NOT_SAID",
        "sex": line.sex,
        "circumstance": found,
        "detention": _held(desk.scenario, line),
        "as_received": {name: value for name, value in received.items() if value},
        "remarks": {name: value for name, value in remarks.items() if value} or None,
    }


def _held(scenario: Scenario, line: ListLine) -> Json | None:
    if line.detained_from is None:
        return None
    return detention(scenario, str(line.detained_from), None)


def detention(scenario: Scenario, began: str, ended: str | None) -> Json:
    """One period of being held, in the place of the header file."""
    handover = scenario.header.handover
    place = scenario.place[handover.place_of_detention]
    province = {"country": place.country, "code": place.code[:2], "valid_from": str(place.valid_from)}
    held = {"place": handover.detained_in, "province": province, "authority": handover.detained_by}
    return {**held, "began_on": began, "ended_on": ended}


async def announce(desk: Desk, handover: Handover) -> None:
    """The Vietnamese officer sends the list; the consular officer answers for every line."""
    scenario = desk.scenario
    body = {
        "ref": desk.ref("handover", handover.key),
        "country": scenario.organisation[handover.sender].country,
        "gate": handover.gate,
        "planned_day": str(local_day(handover.arrived)),
        "receiver_ref": desk.organisation(scenario.on_duty("COUNTERSIGNS").organisation),
        "host_ref": desk.organisation(scenario.on_duty("RECEIVES").organisation),
        "consulate_ref": desk.organisation(scenario.on_duty("CONFIRMS").organisation),
        "lines": [_line(desk, line) for line in scenario.listed],
    }
    await desk.post(scenario.on_duty("LISTS"), "/intake/v1/handovers", body, handover.announced)
    answers = [{"line_ref": line_ref(desk, line.number), "nationality": "CONFIRMED"} for line in scenario.listed]
    consul = scenario.on_duty("CONFIRMS")
    await desk.change(consul, _path(desk, handover), "confirm", handover.confirmed, lines=answers)


async def receive(desk: Desk, handover: Handover) -> None:
    """The Cambodian officer countersigns the head count; the transit officer says what became of every line."""
    scenario, path = desk.scenario, _path(desk, handover)
    heads = {"gate": handover.gate, "head_count": len(scenario.arrived)}
    await desk.change(scenario.on_duty("COUNTERSIGNS"), path, "arrive", handover.arrived, **heads)
    lines = [
        {"line_ref": line_ref(desk, person.line), "outcome": person.arrival.lower(), "reason": person.absence_reason}
        for person in scenario.people
        if person.line is not None
    ]
    added = [
        {"ref": desk.ref("added", person.key), "carried": person.carried, "sex": person.sex}
        for person in scenario.people
        if person.arrival == "ADDED"
    ]
    await desk.change(scenario.on_duty("RECEIVES"), path, "reconcile", handover.reconciled, lines=lines, added=added)


async def close(desk: Desk, handover: Handover) -> None:
    """Nothing more is expected of this hand-over."""
    await desk.change(desk.scenario.on_duty("RECEIVES"), _path(desk, handover), "close", handover.closed)
