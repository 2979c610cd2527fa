"""Plays a scenario over HTTP, chapter by chapter, as the people who would do it.

Chapters follow one another; inside a chapter people may be played side by side. Played one at a time, the same story
stores the same bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from story import aftercare, directory, gate, granting, home, questions, reception
from story.desk import Desk
from story.preflight import preflight
from story.progress import Report
from story.refusals import NotTaken, Refusals
from story.rows import Person
from story.scenario import Scenario


@dataclass(frozen=True)
class Chapter:
    """A part of the story: what is done, for whom."""

    title: str
    parts: tuple[Any, ...]
    act: Callable[[Desk, Any], Awaitable[None]]


def chapters(scenario: Scenario) -> Iterable[Chapter]:
    """The story in its order."""
    whole: tuple[Any, ...] = (scenario.header.handover,)
    arrived, households = scenario.arrived, tuple(dict.fromkeys(person.household for person in scenario.people))
    children = tuple(row for row in scenario.placements)
    yield Chapter("Partners stand in the directory", scenario.header.organisations, directory.register)
    yield Chapter("The list is announced and the consulate answers", whole, gate.announce)
    yield Chapter("The group stands at the gate; every line is reconciled", whole, gate.receive)
    yield Chapter("People are registered", scenario.people.rows, reception.register)
    yield Chapter("Families are put together", households, reception.gather)
    yield Chapter("Cases are opened, beds given, urgent needs met", arrived, reception.admit)
    yield Chapter("Consent is asked, purpose by purpose", arrived, reception.consent)
    yield Chapter("Food, kits, care and counselling at the centre", arrived, reception.provide)
    yield Chapter("Each is interviewed", scenario.interviews.rows, questions.interview)
    yield Chapter("Named people determine", scenario.decisions.rows, questions.determine)
    yield Chapter("Best interests of each child are decided", children, questions.decide_best_interests)
    yield Chapter("The way home, and the hand-over", scenario.stays.rows, home.go)
    yield Chapter("The hand-over file is closed", whole, gate.close)
    yield Chapter("Plans are made and agreed", arrived, aftercare.plan)
    yield Chapter("School, training and help from partners", arrived, aftercare.refer)
    yield Chapter("Groups are formed", scenario.header.groups, directory.form)
    yield Chapter("Households join", scenario.memberships.rows, aftercare.join)
    yield Chapter(
        "The budget for grants is opened", (scenario.header.programme,) * bool(scenario.grants), granting.open_
    )
    yield Chapter("Grants: plan, assessment, committee, instalments", scenario.grants.rows, granting.grant)
    yield Chapter("Follow-ups are made, and missed", arrived, aftercare.visit)


async def play(
    client: httpx.AsyncClient, scenario: Scenario, report: Report, abreast: int = 1, password: str = ""
) -> Refusals:
    """Play the whole scenario; what the services refused of it. Playing it again is a no-op."""
    desk = Desk(client, scenario, password)
    await preflight(desk)
    try:
        for chapter in chapters(scenario):
            if chapter.parts:
                report.step(chapter.title, len(chapter.parts))
                await _act(desk, chapter, report, abreast)
    finally:
        report.end(desk.refusals.told())
    return desk.refusals


def _people(scenario: Scenario, part: object) -> tuple[str, ...]:
    """Whose part it is: a person, the people of a household, or nobody's, where it is the whole group's."""
    if isinstance(part, str):
        return tuple(person.key for person in scenario.people if person.household == part)
    if isinstance(part, Person):
        return (part.key,)
    person = getattr(part, "person", None)
    return () if person is None else (person,)


async def _part(desk: Desk, chapter: Chapter, part: Any) -> None:
    """One part. A refusal ends the story of the people it is about; one about the whole group ends all of it."""
    people = _people(desk.scenario, part)
    if desk.refusals.left.intersection(people):
        desk.refusals.left.update(people)
        return
    try:
        await chapter.act(desk, part)
    except NotTaken as refused:
        if not people:
            raise
        place = f"people.csv, household {part}" if isinstance(part, str) else desk.scenario.where(part)
        desk.refusals.add(refused.place or place, refused.code, people)


async def _act(desk: Desk, chapter: Chapter, report: Report, abreast: int) -> None:
    """One chapter, so many of its parts side by side; the first failure stops the rest."""
    waiting = iter(chapter.parts)

    async def work() -> None:
        for part in waiting:
            await _part(desk, chapter, part)
            report.done()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(abreast, len(chapter.parts))):
                group.create_task(work())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
