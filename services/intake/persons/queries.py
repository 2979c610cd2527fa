"""Reads of people. Names are opened one person at a time, never in a list."""

from datetime import date
from typing import Any

from services.intake.cases.tables import CaseRow
from services.intake.persons.age import age_on, conflict
from services.intake.persons.domain import STATUSES, Person, Status
from services.intake.persons.handlers import identity_of
from services.intake.persons.schemas import PersonRead, shown
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, authorise
from shared.clock import local_day
from shared.ids import HouseholdRef, LineRef, PersonRef
from shared.model import C2
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row
from shared.writing.handling import own, shows


def _read(reader: Reader, caller: Caller, row: Row, **more: Any) -> PersonRead:
    subject = f"person/{row['ref']}"
    return shown(row, Person, STATUSES, PersonRead, may=lambda mark: reader.can(caller, mark, subject), **more)


def _works_on(reader: Reader, caller: Caller, row: Row) -> bool:
    """Whoever registered a person, and whoever works on one of the person's cases, may see who it is."""
    cases = reader.select(CaseRow, person_ref=row["ref"])
    if not cases and row["registered_by"] == caller.staff_ref:
        return True
    return any(reader.can(caller, C2, f"case/{case['ref']}") for case in cases)


@shows("intake.person.read", subjects=own("person"))
def read(reader: Reader, caller: Caller, *, ref: PersonRef, as_of: date | None = None) -> PersonRead:
    """One person; the age is an interval on the day asked for, today if none."""
    row = reader.peek(PersonRow, ref)
    authorise(reader, caller, "intake.person.read", f"person/{ref}")
    if not _works_on(reader, caller, row):
        return _read(reader, caller, row)
    identity, day = identity_of(reader, ref), as_of or local_day(reader.now)
    age = age_on(identity.births, identity.determination, day)
    return _read(
        reader,
        caller,
        row,
        identity=identity,
        child=age.child,
        age_low=age.low,
        age_high=age.high,
        births_conflict=conflict(identity.births, day),
    )


@shows("intake.person.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    line_ref: LineRef | None = None,
    household_ref: HouseholdRef | None = None,
) -> Page[PersonRead]:
    """People, oldest first, without who they are."""
    authorise(reader, caller, "intake.person.list")
    rows, following = reader.page(PersonRow, page, status=status, line_ref=line_ref, household_ref=household_ref)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
