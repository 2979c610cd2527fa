"""The order of things: nothing ends before it begins, and nothing is done to somebody who is not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from shared.clock import local_day, system_clock
from story.ages import born
from story.problem import Problem
from story.rows import SheetRow
from story.sheet import Sheet

if TYPE_CHECKING:
    from story.scenario import Scenario

OPENED, ARRANGED, ON_THE_WAY = timedelta(minutes=20), timedelta(hours=14), timedelta(hours=3)
SUGGESTED, SETTLED, ASKED = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
"""How long before or after a moment of the sheets the story does what belongs to it."""


def _sorted(sheet: Sheet[Any], *columns: str) -> Iterator[Problem]:
    """Each of these moments comes after the one before it, as far as both are there."""
    for line, row in sheet.located():
        there = [column for column in columns if getattr(row, column) is not None]
        for before, after in pairwise(there):
            if not getattr(row, before) < getattr(row, after):
                yield Problem(sheet.file, line, after, f"is not after {before}")


def within_rows(scenario: Scenario) -> Iterator[Problem]:
    """What one row says of its own moments."""
    yield from _sorted(scenario.stays, "admitted", "urgent_checked", "departs")
    yield from _sorted(scenario.interviews, "starts", "ends")
    yield from _sorted(scenario.help, "begins", "ends")
    yield from _sorted(scenario.grants, "submitted", "assessed", "decided", "agreed")
    yield from _sorted(scenario.instalments, "paid", "evidenced", "reconciled")
    for line, person in scenario.people.located():
        began, ended = person.detained_from, person.detained_until
        if ended and (began is None or not began <= ended <= local_day(scenario.header.handover.arrived)):
            yield Problem("people.csv", line, "detained_until", "is not from detained_from to the day of the hand-over")
        if began and ended is None and person.arrival == "PRESENT":
            yield Problem(
                "people.csv", line, "detained_until", "is required for who arrived, as detained_from is given"
            )
        span = born(person)
        if span and span[0] > local_day(scenario.header.handover.reconciled):
            yield Problem("people.csv", line, "birth", "is after the hand-over")
    for line, interview in scenario.interviews.located():
        if not interview.first_month <= interview.last_month <= f"{local_day(interview.ends):%Y-%m}":
            yield Problem("interviews.csv", line, "last_month", "is before first_month, or later than the interview")
    for line, row in scenario.placements.located():
        if row.review_on <= local_day(row.at):
            yield Problem("placements.csv", line, "review_on", "is not after the day of the decision")


Bound = tuple[str, str, int, datetime, datetime | None, str]
"""Sheet, column, line, the moment itself, the earliest it may be, and what that is."""


def _reception(scenario: Scenario) -> Iterator[Bound]:
    opened, case = scenario.header.handover.reconciled + OPENED, "the case is open, 20 minutes after reconciling"
    asked = {row.person: row.starts for row in scenario.interviews}
    met = {row.person: row.urgent_checked for row in scenario.stays}
    for line, stay in scenario.stays.located():
        yield "stays", "admitted", line, stay.admitted, opened, case
        for placed in scenario.of(scenario.placements, stay.person):
            yield "stays", "departs", line, stay.departs, placed.at + ARRANGED, "14 hours after the child's decision"
    for line, consent in scenario.consents.located():
        yield "consents", "given", line, consent.given, opened, case
    for line, interview in scenario.interviews.located():
        yield "interviews", "starts", line, interview.starts, met.get(interview.person), "urgent needs were met"
    for line, placement in scenario.placements.located():
        yield "placements", "at", line, placement.at, asked.get(placement.person), "the interview"


def _aftercare(scenario: Scenario) -> Iterator[Bound]:
    ended = {row.person: row.ends + SUGGESTED for row in scenario.interviews}
    home = {row.person: row.departs + ON_THE_WAY for row in scenario.stays}
    found = {row.person: row.at for row in scenario.decisions}
    begun = {row.person: row.admitted for row in scenario.stays}
    formed = {group.key: group.formed for group in scenario.header.groups}
    for line, decision in scenario.decisions.located():
        yield "decisions", "at", line, decision.at, ended.get(decision.person), "an hour after the interview"
    for line, given in scenario.help.located():
        if given.through == "CENTRE":
            yield "help", "begins", line, given.begins, begun.get(given.person), "the stay began"
        elif given.person in found:
            yield "help", "begins", line, given.begins, found[given.person] + ASKED, "a week after the finding"
    for line, member in scenario.memberships.located():
        yield "memberships", "joined", line, member.joined, formed.get(member.group), "the group was formed"
        yield "memberships", "joined", line, member.joined, home.get(member.person), "the person is at home"
    for line, visit in scenario.visits.located():
        yield "visits", "at", line, visit.at, home.get(visit.person), "the person is at home"


def _granting(scenario: Scenario) -> Iterator[Bound]:
    home = {row.person: row.departs + ON_THE_WAY for row in scenario.stays}
    agreed = {row.key: row.agreed for row in scenario.grants}
    for line, grant in scenario.grants.located():
        yield "grants", "submitted", line, grant.submitted, home.get(grant.person), "the person is at home"
    for line, part in scenario.instalments.located():
        if part.paid:
            yield "instalments", "paid", line, part.paid, agreed[part.grant] + SETTLED, "a day after the agreement"
    for line, check in scenario.checks.located():
        yield "checks", "at", line, check.at, agreed[check.grant], "the agreement"


def between_rows(scenario: Scenario) -> Iterator[Problem]:
    """What happens on a day before it could, by what another row says. The services judge by days too."""
    bounds = chain(_reception(scenario), _aftercare(scenario), _granting(scenario))
    for name, column, line, moment, earliest, what in bounds:
        if earliest is not None and local_day(moment) < local_day(earliest):
            yield Problem(f"{name}.csv", line, column, f"is on a day before {what}")
    left = {row.person: row.departs for row in scenario.stays}
    for line, given in scenario.help.located():
        if (
            given.through == "CENTRE"
            and given.person in left
            and local_day(given.begins) > local_day(left[given.person])
        ):
            yield Problem("help.csv", line, "begins", "is on a day after the person left the centre")
    steps = ("announced", "confirmed", "arrived", "reconciled", "closed")
    for before, after in pairwise(steps):
        if not getattr(scenario.header.handover, before) < getattr(scenario.header.handover, after):
            yield scenario.in_header(f"is not after {before}", "handover", after)


def as_of(scenario: Scenario) -> Iterator[Problem]:
    """Nothing lies after the day on which the tables look, and that day is past: nobody can tell what is to come."""
    last: date = scenario.header.story.as_of
    if last > local_day(system_clock()) - 2 * SETTLED:
        yield scenario.in_header("is not two days past: a story can only tell what has happened", "story", "as_of")
    for name in SHEETS:
        sheet: Sheet[SheetRow] = getattr(scenario, name)
        for line, row in sheet.located():
            for column in type(row).model_fields:
                value = getattr(row, column)
                if isinstance(value, datetime) and local_day(value) > last:
                    yield Problem(sheet.file, line, column, "is later than story.as_of")
    for line, listed in scenario.listed.located():
        if listed.detained_from and listed.detained_from > local_day(scenario.header.handover.arrived):
            yield Problem("list.csv", line, scenario.officer_column("detained_from"), "is after the hand-over")


SHEETS = (
    *("stays", "consents", "interviews", "decisions", "placements", "help", "memberships"),
    *("grants", "instalments", "checks", "visits"),
)
"""The sheets whose rows have moments."""
