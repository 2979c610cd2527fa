"""What no single cell can tell: keys that name nothing, lines that nobody is, people without what their story needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.clock import local_day
from story.known_codes import sums, unknown_codes, unshared
from story.rows import Row
from story.sheet import Problem, Sheet

if TYPE_CHECKING:
    from story.scenario import Scenario

STAFF_DUTIES = ("LISTS", "CONFIRMS", "COUNTERSIGNS", "RECEIVES", "INTERVIEWS", "DECIDES", "PROTECTS", "PLANS", "GRANTS")
PEOPLE, STAFF, ORGANISATIONS, PLACES, GROUPS, GRANTS = (
    "people.csv",
    "staff",
    "organisations",
    "places",
    "groups",
    "grants.csv",
)
NAMES: dict[str, dict[str, str]] = {
    "people": {"home": PLACES, "implicated_for": PEOPLE},
    "stays": {"person": PEOPLE, "escort": STAFF, "receiver": PEOPLE},
    "consents": {"person": PEOPLE, "recipient": ORGANISATIONS, "given_by": f"{PEOPLE} or {STAFF}", "witness": STAFF},
    "interviews": {"person": PEOPLE, "interviewer": STAFF, "support": STAFF},
    "answers": {"person": PEOPLE},
    "decisions": {"person": PEOPLE, "decider": STAFF, "second": STAFF},
    "placements": {"person": PEOPLE, "decided_by": STAFF, "panel": STAFF, "receiver": PEOPLE},
    "help": {"person": PEOPLE, "provider": ORGANISATIONS},
    "memberships": {"group": GROUPS, "person": PEOPLE},
    "grants": {
        "person": PEOPLE,
        "prepared_by": STAFF,
        "assessed_by": STAFF,
        "committee": STAFF,
        "agreed_by": STAFF,
        "paid_by": STAFF,
        "reconciled_by": STAFF,
    },
    "costs": {"grant": GRANTS},
    "instalments": {"grant": GRANTS},
    "checks": {"grant": GRANTS, "visitor": STAFF},
    "visits": {"person": PEOPLE, "visitor": STAFF},
}
"""Which column of which sheet holds keys of what."""

ONCE = {
    "people": "key",
    "stays": "person",
    "interviews": "person",
    "decisions": "person",
    "placements": "person",
    "grants": "key",
}


def _keys(scenario: Scenario) -> dict[str, set[str]]:
    people, staff = set(scenario.person), set(scenario.staff)
    return {
        PEOPLE: people,
        STAFF: staff,
        f"{PEOPLE} or {STAFF}": people | staff,
        ORGANISATIONS: set(scenario.organisation),
        PLACES: set(scenario.place),
        GROUPS: {group.key for group in scenario.header.groups},
        GRANTS: {grant.key for grant in scenario.grants},
    }


def _several(value: Any) -> Iterable[str]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def _unknown_keys(scenario: Scenario) -> Iterator[Problem]:
    known = _keys(scenario)
    for name, columns in NAMES.items():
        sheet: Sheet[Row] = getattr(scenario, name)
        for line, row in sheet.located():
            for column, where in columns.items():
                for key in _several(getattr(row, column)):
                    if key not in known[where]:
                        yield Problem(sheet.file, line, column, f"names {key}, which does not stand in {where}")


def _twice(scenario: Scenario) -> Iterator[Problem]:
    for name, column in ONCE.items():
        sheet: Sheet[Row] = getattr(scenario, name)
        seen: Counter[str] = Counter()
        for line, row in sheet.located():
            seen[getattr(row, column)] += 1
            if seen[getattr(row, column)] == 2:
                yield Problem(sheet.file, line, column, f"{getattr(row, column)} stands here a second time")


def _lines(scenario: Scenario) -> Iterator[Problem]:
    numbers = {line.number for line in scenario.listed}
    met: Counter[int] = Counter(person.line for person in scenario.people if person.line is not None)
    for line, person in scenario.people.located():
        listed = person.arrival in ("PRESENT", "ABSENT")
        if listed and person.line not in numbers:
            yield Problem("people.csv", line, "line", "no line of list.csv has this number")
        if not listed and person.line is not None:
            yield Problem("people.csv", line, "line", "somebody who was not on the list has no line")
        if person.line is not None and met[person.line] > 1:
            yield Problem("people.csv", line, "line", "two people have this line")
    for line, listed_line in scenario.listed.located():
        if listed_line.number not in met:
            yield Problem("list.csv", line, "number", "nobody in people.csv has this line")


def _needs(scenario: Scenario) -> Iterator[Problem]:
    """Whoever arrived stays, is asked and is decided about; nobody else is."""
    arrived = {person.key for person in scenario.arrived}
    for name in ("stays", "interviews", "decisions"):
        sheet: Sheet[Any] = getattr(scenario, name)
        there = {row.person for row in sheet}
        for line, person in scenario.people.located():
            if person.key in arrived - there:
                yield Problem("people.csv", line, "key", f"{person.key} arrived and has no line in {sheet.file}")
        for line, row in sheet.located():
            if row.person in scenario.person and row.person not in arrived:
                yield Problem(sheet.file, line, "person", f"{row.person} did not arrive")


def _order(scenario: Scenario) -> Iterator[Problem]:
    for line, stay in scenario.stays.located():
        if not stay.admitted <= stay.urgent_checked < stay.departs:
            yield Problem(
                "stays.csv", line, "departs", "admission, check of urgent needs and departure are out of order"
            )
    for line, interview in scenario.interviews.located():
        if not interview.starts < interview.ends:
            yield Problem("interviews.csv", line, "ends", "an interview ends after it starts")
    for name in NAMES:
        sheet: Sheet[Row] = getattr(scenario, name)
        for line, row in sheet.located():
            for column in type(row).model_fields:
                value = getattr(row, column)
                if isinstance(value, datetime) and local_day(value) > scenario.header.story.as_of:
                    yield Problem(sheet.file, line, column, "is later than story.as_of")


def _duties(scenario: Scenario) -> Iterator[Problem]:
    held = {duty for worker in scenario.header.staff for duty in worker.duties}
    for duty in STAFF_DUTIES:
        if duty not in held and (duty != "GRANTS" or scenario.grants.rows):
            yield Problem("story.toml", 1, "staff.duties", f"nobody has the duty {duty}")
    for worker in scenario.header.staff:
        if worker.organisation not in scenario.organisation:
            yield Problem(
                "story.toml", 1, "staff.organisation", f"{worker.key} works for an organisation that is not there"
            )
    for column in ("child_seen", "adult_seen"):
        if getattr(scenario.header.story, column) not in scenario.person:
            yield Problem("story.toml", 1, f"story.{column}", "names nobody of people.csv")
    if scenario.grants.rows and scenario.header.programme is None:
        yield Problem("story.toml", 1, "programme", "grants.csv has lines, so a programme is needed")


def check(scenario: Scenario) -> list[Problem]:
    """All problems between the files."""
    rules = (_unknown_keys, _twice, _lines, _needs, _order, _duties, unknown_codes, unshared, sums)
    return [problem for rule in rules for problem in rule(scenario)]
