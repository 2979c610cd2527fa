"""What rows about help and visits need: a unit, somebody who offers it, a place in the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from story.casting import at_work
from story.problem import Problem

if TYPE_CHECKING:
    from story.scenario import Scenario

SLOTS = ("WEEK_2", "MONTH_1", "MONTH_2", "MONTH_3", "MONTH_6", "MONTH_12", "MONTH_24")
CLOSER = ("WEEK_2", "MONTH_2")
"""The visits of the schedule, and those that only children have."""

MOST_AT_ONCE, MOST_DELIVERED = 1000, 1_000_000


def help_given(scenario: Scenario) -> Iterator[Problem]:
    """A row of help that no service would take."""
    for line, row in scenario.help.located():
        if row.through == "CENTRE":
            if row.quantity > MOST_AT_ONCE:
                yield Problem("help.csv", line, "quantity", f"is more than {MOST_AT_ONCE}")
            if row.unit is not None:
                yield Problem("help.csv", line, "unit", "is told of a REFERRAL only")
            continue
        if row.quantity > MOST_DELIVERED:
            yield Problem("help.csv", line, "quantity", f"is more than {MOST_DELIVERED}")
        if row.unit is None:
            yield Problem("help.csv", line, "unit", "is required for a REFERRAL")
        if row.code not in scenario.organisation[row.provider].offers:
            yield Problem("help.csv", line, "code", f"{row.provider} does not offer {row.code}")


def visits(scenario: Scenario) -> Iterator[Problem]:
    """Visits follow the schedule from its beginning, one after the other, by somebody who works on the case."""
    by_person: dict[str, list[int]] = {}
    rows = dict(scenario.visits.located())
    for line, row in rows.items():
        by_person.setdefault(row.person, []).append(line)
        if (row.result == "MISSED") is (row.reason is None):
            yield Problem("visits.csv", line, "reason", "is given for a visit that was MISSED, and for no other")
        if row.result == "MISSED" and row.findings:
            yield Problem("visits.csv", line, "findings", "a visit that was missed found nothing")
        if row.visitor not in at_work(scenario, row.person):
            yield Problem("visits.csv", line, "visitor", f"{row.visitor} does not work on the case of {row.person}")
    for person, lines in by_person.items():
        schedule = [slot for slot in SLOTS if person in scenario.children or slot not in CLOSER]
        for line, slot in zip_longest(lines, schedule[: len(lines)]):
            if rows[line].slot != slot:
                yield Problem("visits.csv", line, "slot", f"the schedule has {slot or 'no further visit'} here")
        for before, after in pairwise(lines):
            if not rows[before].at < rows[after].at:
                yield Problem("visits.csv", after, "at", f"is not after the visit of line {before}")
