"""What the tables of `story.toml` say of each other: keys that stand twice or name nothing, duties of nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.clock import local_day
from shared.codes.places import parent_code, resolve
from story.problem import Problem

if TYPE_CHECKING:
    from story.scenario import Scenario

STAFF_DUTIES = (
    *("LISTS", "CONFIRMS", "COUNTERSIGNS", "RECEIVES", "SUPERVISES", "INTERVIEWS", "DECIDES", "PROTECTS"),
    *("PLANS", "COORDINATES", "GRANTS"),
)


def between_tables(scenario: Scenario) -> Iterator[Problem]:
    """All problems between the tables of `story.toml`."""
    yield from _twice(scenario)
    yield from _names(scenario)
    yield from _duties(scenario)
    yield from _places(scenario)
    header = scenario.header
    for column in ("child_seen", "adult_seen"):
        seen = getattr(header.story, column)
        if seen not in {person.key for person in scenario.arrived}:
            yield scenario.in_header("names nobody of people.csv who arrived", "story", column)
    if scenario.grants.rows and header.programme is None:
        yield scenario.in_header("grants.csv has lines, so a programme is needed", "programme")
    for meaning, times in Counter(header.list.columns.values()).items():
        if times > 1:
            yield scenario.in_header(f"{times} columns mean {meaning}", "list", "columns")


def _twice(scenario: Scenario) -> Iterator[Problem]:
    for table in ("places", "organisations", "staff", "groups"):
        first: dict[str, int] = {}
        for number, entry in enumerate(getattr(scenario.header, table)):
            if first.setdefault(entry.key, number) != number:
                there = scenario.in_header("", table, str(first[entry.key]), "key").line
                told = f"{entry.key} stands here a second time, first on line {there}"
                yield scenario.in_header(told, table, str(number), "key")
    for number, organisation in enumerate(scenario.header.organisations):
        if len(set(organisation.offers)) < len(organisation.offers):
            yield scenario.in_header("names a service twice", "organisations", str(number), "offers")


def _names(scenario: Scenario) -> Iterator[Problem]:
    header, handover = scenario.header, scenario.header.handover
    named: list[tuple[str, bool, tuple[str, ...]]] = [
        (key, key in scenario.organisation, ("handover", column))
        for column, key in (("sender", handover.sender), ("receiver", handover.receiver), ("host", handover.host))
    ]
    place = handover.place_of_detention
    named.append((place, place in scenario.place, ("handover", "place_of_detention")))
    named += [
        (worker.organisation, worker.organisation in scenario.organisation, ("staff", str(number), "organisation"))
        for number, worker in enumerate(header.staff)
    ]
    named += [
        (group.place, group.place in scenario.place, ("groups", str(number), "place"))
        for number, group in enumerate(header.groups)
    ]
    if header.programme is not None:
        named.append((header.programme.donor, header.programme.donor in scenario.organisation, ("programme", "donor")))
    for key, known, path in named:
        if not known:
            yield scenario.in_header(f"names {key}, which is not there", *path)


def _duties(scenario: Scenario) -> Iterator[Problem]:
    held = {duty for worker in scenario.header.staff for duty in worker.duties}
    for duty in STAFF_DUTIES:
        if duty not in held and (duty != "GRANTS" or scenario.grants.rows):
            yield scenario.in_header(f"nobody has the duty {duty}", "staff", "duties")


def _places(scenario: Scenario) -> Iterator[Problem]:
    """A code in whose province the gazetteer knows nothing on the day of the hand-over."""
    day = local_day(scenario.header.handover.arrived)
    for number, place in enumerate(scenario.header.places):
        code: str | None = place.code if place.country == "KH" else place.code[:2]
        while code is not None and resolve(place.country, code, day) is None:
            code = parent_code(place.country, code)
        if code is None or place.valid_from > day:
            told = f"{place.country} had no province {place.code[:2]} on {day}, or not by a code valid from then"
            yield scenario.in_header(told, "places", str(number), "code")
