"""Checks over a whole scenario: keys that name nothing, lines without a person, people whose story lacks something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.clock import local_day
from story import care, moments, money
from story.casting import miscast
from story.header_checks import between_tables
from story.known_codes import unknown_codes, unshared
from story.later_checks import help_given, visits
from story.rows import SheetRow
from story.sheet import Problem, Sheet

if TYPE_CHECKING:
    from story.scenario import Scenario

LONGEST_LIST, LARGEST_HOUSEHOLD = 1000, 50
PARTS = {"DAY": 3, "MONTH": 2, "YEAR": 1}
LATER = ("placements", "help", "memberships", "grants", "visits")
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

ONCE = (
    ("people", "key"),
    ("people", "line"),
    ("listed", "number"),
    ("stays", "person"),
    ("consents", "person", "purpose", "recipient"),
    ("interviews", "person"),
    ("decisions", "person"),
    ("placements", "person"),
    ("help", "person", "through", "code"),
    ("memberships", "group", "person"),
    ("grants", "key"),
    ("grants", "person"),
    ("instalments", "grant", "number"),
    ("checks", "grant", "at"),
    ("visits", "person", "slot"),
)
"""What stands in a sheet no more than once, by which columns."""


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


def _several(value: object) -> Iterable[str]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def _unknown_keys(scenario: Scenario) -> Iterator[Problem]:
    known = _keys(scenario)
    for name, columns in NAMES.items():
        sheet: Sheet[SheetRow] = getattr(scenario, name)
        for line, row in sheet.located():
            for column, where in columns.items():
                for key in _several(getattr(row, column)):
                    if key not in known[where]:
                        yield Problem(sheet.file, line, column, f"names {key}, which does not stand in {where}")


def _twice(scenario: Scenario) -> Iterator[Problem]:
    for name, *columns in ONCE:
        sheet: Sheet[SheetRow] = getattr(scenario, name)
        seen: dict[tuple[Any, ...], int] = {}
        for line, row in sheet.located():
            values = [getattr(row, column) for column in columns]
            whole = tuple(local_day(value) if isinstance(value, datetime) else value for value in values)
            first = seen.setdefault(whole, line) if whole[0] is not None else line
            if first != line:
                said = " ".join(str(value) for value in whole if value is not None)
                column = scenario.officer_column(columns[-1]) if name == "listed" else columns[-1]
                yield Problem(sheet.file, line, column, f"{said} stands here a second time, first on line {first}")


def _lines(scenario: Scenario) -> Iterator[Problem]:
    numbers = {line.number for line in scenario.listed}
    met = {person.line for person in scenario.people}
    if not 0 < len(scenario.listed) <= LONGEST_LIST:
        yield Problem("list.csv", 1, "-", f"has {len(scenario.listed)} lines; a hand-over has 1 to {LONGEST_LIST}")
    for line, person in scenario.people.located():
        listed = person.arrival in ("PRESENT", "ABSENT")
        if listed and person.line not in numbers:
            yield Problem("people.csv", line, "line", "no line of list.csv has this number")
        if not listed and person.line is not None:
            yield Problem("people.csv", line, "line", "somebody who was not on the list has no line")
        if (person.arrival == "ABSENT") is (person.absence_reason is None):
            yield Problem("people.csv", line, "absence_reason", "is given for who is ABSENT, and for nobody else")
        if person.carried and person.arrival != "ADDED":
            yield Problem("people.csv", line, "carried", "is told of somebody ADDED at the gate only")
        if PARTS.get(person.birth_precision, 0) != len((person.birth or "").split("-")) * bool(person.birth):
            yield Problem("people.csv", line, "birth_precision", "is not how precisely the birth is written")
    for line, listed_line in scenario.listed.located():
        if listed_line.number not in met:
            yield Problem("list.csv", line, scenario.officer_column("number"), "nobody in people.csv has this line")


def _households(scenario: Scenario) -> Iterator[Problem]:
    heads: dict[str, int] = {}
    for line, person in scenario.people.located():
        first = heads.setdefault(person.household, line) if person.relation == "HEAD" else line
        if first != line:
            yield Problem("people.csv", line, "relation", f"the household has its head on line {first}")
    for household, size in Counter(person.household for person in scenario.people).items():
        if size > LARGEST_HOUSEHOLD:
            line = next(line for line, person in scenario.people.located() if person.household == household)
            yield Problem("people.csv", line, "household", f"has {size} people; {LARGEST_HOUSEHOLD} at most")


def _needs(scenario: Scenario) -> Iterator[Problem]:
    """Whoever arrived stays, is asked and is decided about; nobody else is."""
    arrived = {person.key for person in scenario.arrived}
    for name in ("stays", "interviews", "decisions"):
        sheet: Sheet[Any] = getattr(scenario, name)
        there = {row.person for row in sheet}
        for line, person in scenario.people.located():
            if person.key in arrived - there:
                yield Problem("people.csv", line, "key", f"{person.key} arrived and has no line in {sheet.file}")
    for name in ("stays", "consents", "interviews", "answers", "decisions", *LATER):
        sheet = getattr(scenario, name)
        for line, row in sheet.located():
            if row.person in scenario.person and row.person not in arrived:
                yield Problem(sheet.file, line, "person", f"{row.person} did not arrive")


def check(scenario: Scenario) -> list[Problem]:
    """All problems between the files. Moments and sums are checked only where every key names something."""
    first = (_unknown_keys, _twice, _lines, _households, _needs, between_tables, unknown_codes)
    then = (
        *(miscast, moments.within_rows, moments.between_rows, moments.as_of, care.consents, care.interviews),
        *(care.ways_home, unshared, help_given, visits, money.sums, money.grants, money.instalments),
    )
    found = [problem for rule in first for problem in rule(scenario)]
    return found or [problem for rule in then for problem in rule(scenario)]
