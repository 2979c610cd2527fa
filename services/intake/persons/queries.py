"""Reads of people. Names are opened one person at a time, never in a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.persons.age import age_on, conflict
from services.intake.persons.commands import STATUSES
from services.intake.persons.handlers import identity_of
from services.intake.persons.schemas import PersonRead
from services.intake.persons.state import Person, Status
from services.intake.persons.tables import PERSON, PersonRow
from shared.auth import Caller
from shared.clock import local_day
from shared.ids import HouseholdRef, LineRef, PersonRef
from shared.model import FieldClass
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import own, shows

SHOWN = Shown("intake.person", PersonRead, PersonRow, Person, STATUSES, PERSON)


def _known(reader: Reader, ref: PersonRef, day: date) -> Mapping[str, Any]:
    """Who it is, and how old on that day."""
    identity = identity_of(reader, ref)
    age = age_on(identity.births, identity.determination, day)
    disagree = conflict(identity.births, day)
    return {
        "identity": identity,
        "child": age.child,
        "age_low": age.low,
        "age_high": age.high,
        "births_conflict": disagree,
    }


@shows("intake.person.read", subjects=own("person"))
def read(reader: Reader, caller: Caller, *, ref: PersonRef, as_of: date | None = None) -> PersonRead:
    """One person; the age is an interval on the day asked for, today if none, for who may see the births."""
    row = SHOWN.one(reader, caller, ref)
    if FieldClass.IDENTITY not in SHOWN.classes(reader, caller, row):
        return SHOWN.of(reader, caller, row)
    return SHOWN.of(reader, caller, row, **_known(reader, ref, as_of or local_day(reader.now)))


@dataclass(frozen=True)
class Filters:
    """What people are listed by."""

    status: Several[Status] = None
    line_ref: LineRef | None = None
    household_ref: HouseholdRef | None = None


@shows("intake.person.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[PersonRead]:
    """People, oldest first unless asked otherwise, without who they are."""
    return SHOWN.page(
        reader, caller, page, status=asked.status, line_ref=asked.line_ref, household_ref=asked.household_ref
    )
