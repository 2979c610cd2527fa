"""The columns that hold codes of registered lists, so that an unknown code is reported before the story starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from shared import codes
from story.rows import SheetRow
from story.sheet import Problem, Sheet

if TYPE_CHECKING:
    from story.scenario import Scenario

COLUMNS: dict[str, dict[str, str]] = {
    "people": {"absence_reason": "absence_reason", "relation": "relationship"},
    "stays": {"urgent_needs": "urgent_need", "travel": "travel_mode"},
    "decisions": {"outcome": "outcome", "reason": "determination_reason"},
    "help": {"unit": "service_unit"},
    "grants": {"activity": "grant_activity", "risks": "grant_risk"},
    "costs": {"item": "grant_cost_kind"},
    "checks": {"findings": "grant_finding"},
    "visits": {"reason": "visit_miss", "findings": "visit_finding"},
}
"""Sheet, column, and the list its codes come from."""

HELP = {"CENTRE": "provision", "REFERRAL": "service"}


def _several(value: object) -> Iterable[str]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def _unknown(sheet: Sheet[Any], line: int, column: str, value: object, name: str) -> Iterator[Problem]:
    known = codes.lookup(name).codes
    for code in _several(value):
        if code not in known:
            yield Problem(sheet.file, line, column, f"{code} is not a code of the list {name}")


def unknown_codes(scenario: Scenario) -> Iterator[Problem]:
    """Every cell whose code no list knows."""
    for name, columns in COLUMNS.items():
        sheet: Sheet[SheetRow] = getattr(scenario, name)
        for line, row in sheet.located():
            for column, listed in columns.items():
                yield from _unknown(sheet, line, column, getattr(row, column), listed)
    for line, row in scenario.help.located():
        yield from _unknown(scenario.help, line, "code", row.code, HELP[row.through])
    yield from _header(scenario)


def _header(scenario: Scenario) -> Iterator[Problem]:
    handover = scenario.header.handover
    cells: list[tuple[tuple[str, ...], str, str]] = [
        (("handover", "gate"), handover.gate, "border_gate"),
        (("handover", "detained_in"), handover.detained_in, "detention_place"),
        (("handover", "detained_by"), handover.detained_by, "organisation_kind"),
    ]
    for number, organisation in enumerate(scenario.header.organisations):
        where = ("organisations", str(number))
        cells.append(((*where, "kind"), organisation.kind, "organisation_kind"))
        cells += [((*where, "offers"), code, "service") for code in organisation.offers]
    for path, code, listed in cells:
        if code not in codes.lookup(listed):
            yield scenario.in_header(f"{code} is not a code of the list {listed}", *path)


def unshared(scenario: Scenario) -> Iterator[Problem]:
    """Help from a partner needs a consent to share with exactly that partner; in our own house none."""
    host = scenario.header.handover.host
    shared = {
        (row.person, row.recipient) for row in scenario.consents if (row.purpose, row.answer) == ("SHARE", "GRANTED")
    }
    for line, row in scenario.help.located():
        outside = row.through == "REFERRAL" and row.provider != host
        if outside and (row.person, row.provider) not in shared:
            yield Problem("help.csv", line, "provider", f"{row.person} let nothing be shared with {row.provider}")
