"""Reads of people. Names are opened one person at a time, never in a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.persons.age import age_on, conflict
from services.intake.persons.commands import STATUSES, LookUpPersons
from services.intake.persons.handlers import identity_of
from services.intake.persons.naming import plain
from services.intake.persons.schemas import PersonNamed, PersonRead, PersonsNamed
from services.intake.persons.state import Person, Status
from services.intake.persons.tables import PERSON, PersonRow
from shared.auth import Caller, admit
from shared.clock import local_day
from shared.ids import HouseholdRef, LineRef, PersonRef, Subject
from shared.model import FieldClass
from shared.reading import Page, PageAsked, Reader, Reading, Several
from shared.reading.answers import Shown, at_places, visible
from shared.storage.tables import Row
from shared.writing.handling import own, shows

LOOK_UP = "intake.person.look_up"
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


def _all_asked(_peek: Reading, *, asked: LookUpPersons) -> Iterable[Subject]:
    return [Subject("person", ref) for ref in asked.refs]


@shows(LOOK_UP, subjects=_all_asked, by_row=True)
def look_up(reader: Reader, caller: Caller, *, asked: LookUpPersons) -> PersonsNamed:
    """How people are called whose refs stand in a list, for who works with them. Each is an entry in the audit."""
    admit(reader, caller, LOOK_UP)
    seen = visible(reader, caller, LOOK_UP, PersonRow, PERSON)
    rows, _ = reader.page(PersonRow, PageAsked(limit=len(asked.refs)), seen, ref=asked.refs)
    reader.left_out = tuple(Subject("person", ref) for ref in sorted(set(asked.refs) - {row["ref"] for row in rows}))
    return PersonsNamed(items=tuple(_named(reader, caller, row) for row in rows))


def _named(reader: Reader, caller: Caller, row: Row) -> PersonNamed:
    names = identity_of(reader, row["ref"]).names
    values = {"ref": row["ref"], "initial": plain(names[0].full_name)[:1] if names else None, "names": names}
    return at_places(reader, caller, LOOK_UP, PersonNamed, PERSON.places(reader, row), values)
