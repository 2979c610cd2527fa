"""Reads of people. Names are opened one person at a time, never in a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.intake.persons.age import age_on, conflict
from services.intake.persons.commands import STATUSES
from services.intake.persons.handlers import identity_of, live_cases, registered_for
from services.intake.persons.schemas import PersonRead
from services.intake.persons.state import Person, Status
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, authorise
from shared.clock import local_day
from shared.ids import HouseholdRef, LineRef, PersonRef, Subject
from shared.model import C2, FieldClass
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.storage.tables import Row
from shared.writing.handling import own, shows


def _may(reader: Reader, caller: Caller, mark: FieldClass, row: Row) -> bool:
    """Whoever registered a person, and whoever works on one of the person's cases, may see who it is."""
    if mark is not FieldClass.IDENTITY:
        return reader.can(caller, mark, Subject("person", row["ref"]))
    cases = live_cases(reader, row["ref"])
    if not cases:
        return bool(row["registered_by"] == caller.staff_ref) and registered_for(caller, row)
    return any(reader.can(caller, C2, Subject("case", case["ref"])) for case in cases)


SHOWN = Shown(PersonRead, PersonRow, Person, STATUSES, may=_may)


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
    row = reader.peek(PersonRow, ref)
    authorise(reader, caller, "intake.person.read", Subject("person", ref))
    if not _may(reader, caller, FieldClass.IDENTITY, row):
        return SHOWN.of(reader, caller, row)
    return SHOWN.of(reader, caller, row, **_known(reader, ref, as_of or local_day(reader.now)))


@dataclass(frozen=True)
class Filters:
    """What people are listed by."""

    status: Several[Status] = None
    line_ref: LineRef | None = None
    household_ref: HouseholdRef | None = None


@shows("intake.person.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[PersonRead]:
    """People, oldest first unless asked otherwise, without who they are."""
    authorise(reader, caller, "intake.person.list")
    return SHOWN.page(
        reader, caller, page, status=asked.status, line_ref=asked.line_ref, household_ref=asked.household_ref
    )
