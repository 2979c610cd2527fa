"""When somebody was born, as far as anybody says: a day, a month, a year, an age on a day, an animal year, or unknown.

Every statement is a span of days, never one guessed day. A Buddhist-era year spans two of the common era,
and an animal year comes again every twelve years.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from services.intake.persons.naming import plain
from shared.codes import CodeOf, labelled, lookup
from shared.model import C0, C1, C2, Given

BUDDHIST_YEARS = range(2400, 2700)
"""A written year in here is Buddhist era: the common era plus 543 or 544, by the side of the new year it fell on."""

OLDEST, YOUNGEST = date(1900, 1, 1), date(2099, 12, 31)
ANIMALS = ("RAT", "OX", "TIGER", "RABBIT", "DRAGON", "SNAKE", "HORSE", "GOAT", "MONKEY", "ROOSTER", "DOG", "PIG")
ABOUT = 2
"""Years to either side when somebody says `about`."""


@labelled("birth_precision")
class Precision(StrEnum):
    """How precisely a birth is known."""

    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    AGE_STATED = "AGE_STATED"
    ANIMAL_YEAR = "ANIMAL_YEAR"
    UNKNOWN = "UNKNOWN"


@labelled("birth_reliability")
class Reliability(StrEnum):
    """How far a statement is believed. A disproved one is kept and decides nothing."""

    CREDIBLE = "CREDIBLE"
    DOUBTFUL = "DOUBTFUL"
    DISPROVED = "DISPROVED"


@dataclass(frozen=True)
class Span:
    """The first and last day on which somebody may have been born."""

    earliest: date
    latest: date


EXPECTED = {
    Precision.DAY: {"year", "month", "day"},
    Precision.MONTH: {"year", "month"},
    Precision.YEAR: {"year"},
    Precision.AGE_STATED: {"age", "age_on"},
    Precision.ANIMAL_YEAR: {"animal"},
    Precision.UNKNOWN: set(),
}
"""The parts of a statement of that precision; an animal year may have a stated age beside it, to choose the cycle."""


_EXAMPLE: JsonDict = {"examples": [{"precision": "YEAR", "year": 2009, "source": "SELF"}]}


class Birth(Given):
    """One statement of when somebody was born, as written. Several may stand side by side and disagree."""

    # The parts depend on the precision, so no example can be invented field by field.
    model_config = ConfigDict(json_schema_extra=_EXAMPLE)  # type: ignore[assignment] # SQLModel's is one of its own

    precision: C0[Precision]
    year: C2[Annotated[int, Field(ge=1900, le=2699)] | None] = None
    month: C2[Annotated[int, Field(ge=1, le=12)] | None] = None
    day: C2[Annotated[int, Field(ge=1, le=31)] | None] = None
    age: C1[Annotated[int, Field(ge=0, le=120)] | None] = None
    age_on: C1[date | None] = None
    about: C1[bool] = False
    animal: C1[Annotated[str, CodeOf("animal_year")] | None] = None
    source: C0[Annotated[str, CodeOf("birth_source")]]
    reliability: C0[Reliability] = Reliability.CREDIBLE

    @model_validator(mode="after")
    def _agrees_with_precision(self) -> "Birth":
        names = ("year", "month", "day", "age", "age_on", "animal")
        given = {name for name in names if getattr(self, name) is not None}
        beside = {"age", "age_on"} if self.precision is Precision.ANIMAL_YEAR and "age" in given else set[str]()
        if given != EXPECTED[self.precision] | beside:
            raise ValueError("the parts given do not make a birth of that precision")
        if self.about and self.precision is not Precision.AGE_STATED:
            raise ValueError("only a stated age can be about right")
        span(self)
        return self


def span(birth: Birth) -> Span:
    """The days on which the person may have been born, by this statement."""
    match birth.precision:
        case Precision.DAY | Precision.MONTH | Precision.YEAR:
            found = list(_calendar(birth))
        case Precision.AGE_STATED:
            found = [_stated(birth)]
        case Precision.ANIMAL_YEAR:
            found = list(_animal_years(birth))
        case Precision.UNKNOWN:
            found = [Span(OLDEST, YOUNGEST)]
    if not found or not OLDEST <= found[0].earliest <= found[-1].latest <= YOUNGEST:
        raise ValueError("no such day, or not within living memory")
    return Span(found[0].earliest, found[-1].latest)


def years_before(day: date, years: int) -> date:
    """The same day some years before; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _calendar(birth: Birth) -> Iterator[Span]:
    assert birth.year is not None
    buddhist = birth.year in BUDDHIST_YEARS
    for year in (birth.year - 544, birth.year - 543) if buddhist else (birth.year,):
        try:
            first = date(year, birth.month or 1, birth.day or 1)
        except ValueError:
            continue
        if birth.day is not None:
            yield Span(first, first)
        elif birth.month is not None:
            yield Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        else:
            yield Span(first, date(year, 12, 31))


def _stated(birth: Birth) -> Span:
    assert birth.age is not None and birth.age_on is not None
    margin = ABOUT if birth.about else 0
    earliest = years_before(birth.age_on, birth.age + margin + 1) + timedelta(days=1)
    return Span(max(earliest, OLDEST), years_before(birth.age_on, max(birth.age - margin, 0)))


def _animal_years(birth: Birth) -> Iterator[Span]:
    """An animal year begins at a lunar new year in January or February, or at the Khmer one in April."""
    assert birth.animal is not None
    years = [year for year in range(OLDEST.year, YOUNGEST.year) if ANIMALS[(year - 4) % 12] == birth.animal]
    if birth.age is not None and birth.age_on is not None:
        about = birth.age_on.year - birth.age
        nearest = min(abs(year - about) for year in years)
        years = [year for year in years if abs(year - about) == nearest]
    yield from (Span(date(year, 1, 1), date(year + 1, 4, 30)) for year in years)


_NUMBER = r"(\d{1,2})"
_FORMS = (
    (re.compile(rf"{_NUMBER}[/.-]{_NUMBER}[/.-](\d{{4}})"), ("day", "month", "year"), Precision.DAY),
    (re.compile(rf"(\d{{4}})-{_NUMBER}-{_NUMBER}"), ("year", "month", "day"), Precision.DAY),
    (re.compile(rf"{_NUMBER}[/.-](\d{{4}})"), ("month", "year"), Precision.MONTH),
    (re.compile(rf"(\d{{4}})-{_NUMBER}"), ("year", "month"), Precision.MONTH),
    (re.compile(r"(\d{4})"), ("year",), Precision.YEAR),
)
_AGE = re.compile(r"(?P<about>about|khoảng|khoang|ប្រហែល|~)?\s*(?P<age>\d{1,3})\s*(?:years?(?: old)?|tuổi|tuoi|ឆ្នាំ)?")
_UNKNOWN = {"", "?", "-", "unknown", "not known", "không rõ", "khong ro", "មិនដឹង"}


def birth_as_written(text: str, seen_on: date, source: str) -> Birth:
    """A birth from what stands on a list: day before month, Khmer digits, Buddhist years, `about 12`, an animal.

    An age counts on the day the list was made, `seen_on`. A year of two digits is refused: it would be a guess.
    """
    written = plain(text).lower()
    if written in _UNKNOWN:
        return Birth(precision=Precision.UNKNOWN, source=source)
    for form, parts, precision in _FORMS:
        if found := form.fullmatch(written):
            numbers = dict(zip(parts, map(int, found.groups()), strict=True))
            return Birth.model_validate({"precision": precision, "source": source, **numbers})
    if found := _AGE.fullmatch(written):
        about, age = bool(found["about"]), int(found["age"])
        return Birth(precision=Precision.AGE_STATED, age=age, age_on=seen_on, about=about, source=source)
    for code, animal in lookup("animal_year").codes.items():
        if written in {code.lower(), *(label.lower() for label in animal.labels.values())}:
            return Birth(precision=Precision.ANIMAL_YEAR, animal=code, source=source)
    raise ValueError("not a birth as anybody writes it")
