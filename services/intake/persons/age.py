"""How old somebody may be on a day, and whether they are to be treated as a child.

The surprise: an age is an interval, and its lower end protects. Whoever may be under 18 is a child here; what another
country's list calls an adult is never read. Only a recorded determination by more than one body's look ends that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from services.intake.persons.births import Birth, Precision, Reliability, Span, span, years_before
from shared.codes import CodeOf
from shared.contracts.intake.terms import AgeBasis
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0, C1, Given

__all__ = [
    "AgeDetermination",
    "AgeEvaluation",
    "AgeInterval",
    "Birth",
    "Precision",
    "Reliability",
    "adult_from",
    "age_on",
    "child_on",
    "conflict",
    "evaluate",
    "governing",
    "interval",
]

ADULT, ASKED_FROM = 18, 6
"""Ages in completed years: of an adult, by law; from which anybody is interviewed, by policy."""

DOCUMENTS = {"BIRTH_CERTIFICATE", "FAMILY_BOOK", "NATIONAL_ID", "CONSULAR_PAPER", "SCHOOL_RECORD"}
BODY = {"PHYSICAL", "DENTAL"}


class AgeDetermination(Given):
    """A recorded finding on an age: by whom, how, with what margin and with the person's consent."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    determined_on: C1[date]
    age: C1[Annotated[int, Field(ge=0, le=120)]]
    margin_years: C1[Annotated[int, Field(ge=0, le=10)]]
    methods: C0[tuple[Annotated[str, CodeOf("age_method")], ...]] = Field(max_length=20)
    documents: C0[tuple[Annotated[str, CodeOf("document_kind")], ...]] = Field(default=(), max_length=20)
    consented: C0[bool]

    @model_validator(mode="after")
    def _is_more_than_a_look_at_the_body(self) -> "AgeDetermination":
        if not set(self.methods) - BODY:
            raise ValueError("an examination of body or teeth alone is never enough")
        if not self.consented:
            raise ValueError("nobody's age is determined without consent")
        return self


@dataclass(frozen=True)
class AgeInterval:
    """The least and the greatest age in completed years."""

    low: int
    high: int

    @property
    def child(self) -> bool:
        """Presumption of minority: who may be under 18 is a child."""
        return self.low < ADULT


@dataclass(frozen=True)
class AgeEvaluation:
    """What intake may tell of an age: child then, child on the day, and what that rests on. Never the age.

    `too_young_to_ask` on the day only where it is certain: an unknown age silences nobody.
    """

    child_then: bool
    child_on_day: bool
    basis: AgeBasis
    too_young_to_ask: bool


def completed_years(born: date, day: date) -> int:
    """Age in completed years; who was born on 29 February is a year older on 1 March."""
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def interval(birth: Birth, day: date) -> AgeInterval:
    """The age on that day by one statement."""
    return _between(span(birth), day)


def governing(statements: Sequence[Birth], day: date) -> Birth | None:
    """Of several statements the lowest credible one; a doubtful one only where none is credible."""
    for trusted in (Reliability.CREDIBLE, Reliability.DOUBTFUL):
        said = [birth for birth in statements if birth.reliability is trusted]
        if known := [birth for birth in said if birth.precision is not Precision.UNKNOWN]:
            return min(known, key=lambda birth: (interval(birth, day).low, interval(birth, day).high))
    return None


def age_on(statements: Sequence[Birth], determination: AgeDetermination | None, day: date) -> AgeInterval:
    """The age on that day by all that is known. Nothing known: any age."""
    if determination is not None:
        return _between(_determined(determination), day)
    birth = governing(statements, day)
    return AgeInterval(0, 120) if birth is None else interval(birth, day)


def child_on(statements: Sequence[Birth], determination: AgeDetermination | None, day: date) -> bool:
    """Is the person to be treated as a child on that day?"""
    return age_on(statements, determination, day).child


def conflict(statements: Sequence[Birth], day: date) -> bool:
    """Do believed statements exclude each other? All are kept until somebody resolves it."""
    ages = [interval(birth, day) for birth in statements if birth.reliability is not Reliability.DISPROVED]
    return bool(ages) and max(age.low for age in ages) > min(age.high for age in ages)


def evaluate(
    statements: Sequence[Birth], determination: AgeDetermination | None, *, first: date | None, day: date
) -> AgeEvaluation:
    """Child when it began, and child on the day. Turning 18 since then changes the second answer, never the first.

    Where nobody knows when it began, the day itself counts.
    """
    then = child_on(statements, determination, min(first, day) if first else day)
    age = age_on(statements, determination, day)
    return AgeEvaluation(then, age.child, _basis(statements, determination, day), age.high < ASKED_FROM)


def adult_from(statements: Sequence[Birth], determination: AgeDetermination | None, day: date) -> date | None:
    """The first day on which the person is certainly 18, for the passage to adult services; None where unknown."""
    if determination is not None:
        return _birthday(_determined(determination).latest, ADULT)
    birth = governing(statements, day)
    return _birthday(span(birth).latest, ADULT) if birth else None


def _between(born: Span, day: date) -> AgeInterval:
    return AgeInterval(completed_years(born.latest, day), completed_years(born.earliest, day))


def _determined(determination: AgeDetermination) -> Span:
    day, age, margin = determination.determined_on, determination.age, determination.margin_years
    return Span(years_before(day, age + margin + 1), years_before(day, max(age - margin, 0)))


def _basis(statements: Sequence[Birth], determination: AgeDetermination | None, day: date) -> AgeBasis:
    if determination is not None:
        return AgeBasis.DETERMINED
    birth = governing(statements, day)
    if birth is None or (interval(birth, day).child and interval(birth, day).high >= ADULT):
        return AgeBasis.PRESUMED
    return AgeBasis.DOCUMENT if birth.source in DOCUMENTS else AgeBasis.STATED


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
