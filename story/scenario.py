"""Loads a scenario folder of any size, whole and typed, or reports all its problems before anything starts."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from story import later_rows as later
from story import rows
from story.answer_matrix import read_answers
from story.checks import check
from story.columns import text_of
from story.header import Header, Organisation, Place, Staff
from story.header_lines import line_of
from story.officer_list import read_list
from story.problem import why
from story.sheet import Problem, Sheet, UnusableScenario, read

HEADER = "story.toml"
P = TypeVar("P", bound=rows.OfPerson)


@dataclass(frozen=True)
class Scenario:
    """A group's story. The rows of each file in the file's order; lookups by the keys that the files use."""

    folder: Path
    digest: str
    header: Header
    header_text: str
    listed: Sheet[rows.ListLine]
    people: Sheet[rows.Person]
    stays: Sheet[rows.Stay]
    consents: Sheet[rows.Consent]
    interviews: Sheet[rows.Interview]
    answers: Sheet[rows.Answer]
    decisions: Sheet[later.Decision]
    placements: Sheet[later.Placement]
    help: Sheet[later.Help]
    memberships: Sheet[later.Membership]
    grants: Sheet[later.Grant]
    costs: Sheet[later.Cost]
    instalments: Sheet[later.Instalment]
    checks: Sheet[later.BusinessCheck]
    visits: Sheet[later.Visit]

    @cached_property
    def person(self) -> dict[str, rows.Person]:
        return {person.key: person for person in self.people}

    @cached_property
    def stay(self) -> dict[str, rows.Stay]:
        return {stay.person: stay for stay in self.stays}

    @cached_property
    def staff(self) -> dict[str, Staff]:
        return {worker.key: worker for worker in self.header.staff}

    @cached_property
    def organisation(self) -> dict[str, Organisation]:
        return {organisation.key: organisation for organisation in self.header.organisations}

    @cached_property
    def place(self) -> dict[str, Place]:
        return {place.key: place for place in self.header.places}

    @cached_property
    def children(self) -> frozenset[str]:
        """Those about whom a best-interests decision is told."""
        return frozenset(placement.person for placement in self.placements)

    @cached_property
    def arrived(self) -> tuple[rows.Person, ...]:
        """Those who came through the gate, in the order of people.csv."""
        return tuple(person for person in self.people if person.arrival in ("PRESENT", "ADDED"))

    @cached_property
    def sheets(self) -> tuple[Sheet[rows.SheetRow], ...]:
        return tuple(value for value in vars(self).values() if isinstance(value, Sheet))

    def where(self, row: rows.SheetRow) -> str:
        """The file and the line of a row."""
        return next((sheet.where(row) for sheet in self.sheets if row in sheet), HEADER)

    def officer_column(self, meaning: str) -> str:
        """What the officer calls the column of list.csv that means this."""
        return next((column for column, means in self.header.list.columns.items() if means == meaning), meaning)

    def in_header(self, message: str, *path: str) -> Problem:
        """A problem of the header file, at the line of what the path leads to."""
        return Problem(HEADER, line_of(self.header_text, [*path]), ".".join(path), message)

    @staticmethod
    def of(sheet: Sheet[P], person: str) -> list[P]:
        """A person's rows of a sheet, in their order."""
        return [row for row in sheet if row.person == person]

    def on_duty(self, duty: str) -> Staff:
        """The first worker of the header who has a duty."""
        return next(worker for worker in self.header.staff if duty in worker.duties)


def _header(text: str | None, problems: list[Problem]) -> Header | None:
    if text is None:
        return None
    try:
        return Header.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = str(error).rpartition("at line ")[2].partition(",")[0]
        problems.append(Problem(HEADER, int(line) if line.isdigit() else text.count("\n") + 1, "-", str(error)))
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            path = [str(part) for part in found["loc"]]
            problems.append(Problem(HEADER, line_of(text, path), ".".join(path), why(found)))
    return None


def _digest(folder: Path) -> str:
    """What the story says, whatever its folder is called: refs of a replay are derived from it."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name == HEADER or path.suffix == ".csv":
            whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def _strangers(folder: Path, known: set[str]) -> list[Problem]:
    """Sheets under a name that no story reads: whoever put them there believes that they are played."""
    strange = sorted(path.name for path in folder.glob("*.[cC][sS][vV]") if path.name not in known)
    return [Problem(name, 1, "-", "no story has a sheet of this name") for name in strange]


def load(folder: Path) -> Scenario:
    """The scenario of a folder; raises UnusableScenario with all problems, each with file, line and column."""
    problems: list[Problem] = []
    text = text_of(folder / HEADER, problems)
    header = _header(text, problems)
    listed = read_list(folder, header.list, problems) if header else Sheet[rows.ListLine]("list.csv")
    sheets = {
        "people": read(folder, "people.csv", rows.Person, problems),
        "stays": read(folder, "stays.csv", rows.Stay, problems),
        "consents": read(folder, "consents.csv", rows.Consent, problems),
        "interviews": read(folder, "interviews.csv", rows.Interview, problems),
        "answers": read_answers(folder, problems),
        "decisions": read(folder, "decisions.csv", later.Decision, problems),
        "placements": read(folder, "placements.csv", later.Placement, problems, optional=True),
        "help": read(folder, "help.csv", later.Help, problems, optional=True),
        "memberships": read(folder, "memberships.csv", later.Membership, problems, optional=True),
        "grants": read(folder, "grants.csv", later.Grant, problems, optional=True),
        "costs": read(folder, "costs.csv", later.Cost, problems, optional=True),
        "instalments": read(folder, "instalments.csv", later.Instalment, problems, optional=True),
        "checks": read(folder, "checks.csv", later.BusinessCheck, problems, optional=True),
        "visits": read(folder, "visits.csv", later.Visit, problems, optional=True),
    }
    problems += _strangers(folder, {HEADER, "list.csv", *(f"{name}.csv" for name in sheets)})
    if header is None or text is None or problems:
        raise UnusableScenario(problems)
    scenario = Scenario(folder, _digest(folder), header, text, listed, **sheets)  # type: ignore[arg-type]
    problems += check(scenario)
    if problems:
        raise UnusableScenario(problems)
    return scenario
