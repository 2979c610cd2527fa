"""The tables of a story: each figure counted from what the services' APIs answered, none from the scenario."""

import asyncio
from datetime import datetime

import httpx

from shared.clock import LOCAL
from story import counting
from story.books import Books, read_books
from story.desk import Desk, Json
from story.labels import Labels
from story.printing import print_tables
from story.scenario import Scenario
from story.sheets import SERVICES, Fact, Journey, Tables, Text, View, word

__all__ = ["Tables", "print_tables", "read_tables"]


async def read_tables(client: httpx.AsyncClient, scenario: Scenario, password: str = "") -> Tables:
    """All tables and the two journeys, read back from the services."""
    desk = Desk(client, scenario, password)
    books, labels = await read_books(desk), Labels(desk)
    await labels.read()
    about = scenario.header.story
    tables = (
        counting.reconciliation(books),
        counting.differences(books),
        counting.outcomes(books, labels),
        counting.suggestions(books, labels),
        counting.detention(books),
        counting.help_given(books, labels),
        counting.grants(books),
        counting.followups(books),
    )
    seen = {"journey_child": about.child_seen, "journey_adult": about.adult_seen}
    journeys = [await _journey(desk, books, key, desk.case(person)) for key, person in seen.items()]
    return Tables(
        title=about.title.model_dump(),
        year=about.year,
        year_assumed=about.year_assumed,
        as_of=str(about.as_of),
        tables=tables,
        journeys=tuple(journeys),
        day_sheet=counting.day_sheet(books, labels),
    )


def who(books: Books, case_ref: str) -> Text:
    """A girl, a boy, a woman, a man: no more is said of anybody."""
    words = {("FEMALE", True): "girl", ("MALE", True): "boy", ("FEMALE", False): "woman", ("MALE", False): "man"}
    return word(words.get((books.sex(case_ref), books.child(case_ref)), "person"))


async def _journey(desk: Desk, books: Books, key: str, case_ref: str) -> Journey:
    """One case in four views, each from its own service, once none of them is behind."""
    reader = desk.scenario.on_duty("RECEIVES")

    async def settled() -> dict[str, Json] | None:
        paths = [f"/{service}/v1/cases/{case_ref}/journey" for service in SERVICES]
        found = await asyncio.gather(*(desk.get(reader, path) for path in paths))
        views = {service: view for service, view in zip(SERVICES, found, strict=True) if view and not view["behind"]}
        return views if len(views) == len(SERVICES) else None

    views = await desk.until(settled, f"the four views of case {case_ref}")
    facts: dict[tuple[str, str, int], Json] = {}
    seen_by: dict[tuple[str, str, int], set[str]] = {}
    for service, view in views.items():
        for entry in view["timeline"]:
            place = (entry["effective"], entry["source"], entry["version"])
            facts[place] = entry
            seen_by.setdefault(place, set()).add(service)
    return Journey(
        key=key,
        case_number=books.cases[case_ref]["case_number"],
        who=who(books, case_ref),
        views=tuple(View(service, view["stage"], tuple(view["next"])) for service, view in views.items()),
        facts=tuple(
            Fact(
                _local(entry["effective"]), entry["source"], entry["version"], entry["type"], frozenset(seen_by[place])
            )
            for place, entry in sorted(facts.items())
        ),
    )


def _local(moment: str) -> str:
    """An instant of the wire on the border's clocks."""
    return datetime.fromisoformat(moment).astimezone(LOCAL).isoformat()
