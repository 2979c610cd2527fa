"""Reads of cases: one, or a page by what is not private."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.cases import elsewhere
from services.intake.cases.commands import STATUSES
from services.intake.cases.detention import days_detained
from services.intake.cases.schemas import CaseRead
from services.intake.cases.state import Case, Status
from services.intake.cases.tables import CASE, CaseRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, HandoverRef, HouseholdRef, OrganisationRef, PersonRef, Subject
from shared.reading import Page, PageAsked, Reader, Reading, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import Row, state_of
from shared.writing.handling import shows


def _more(_reader: Reader, _caller: Caller, row: Row) -> dict[str, Any]:
    days = days_detained(state_of(Case, row).detentions)
    return {"days_detained": days.total, "days_known": days.known}


SHOWN = Shown("intake.case", CaseRead, CaseRow, Case, STATUSES, CASE, _more)


@shows("intake.case.read", subjects=elsewhere.kept)
def read(reader: Reader, caller: Caller, *, ref: CaseRef) -> CaseRead:
    """One case, with what other systems call it."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, external_references=lambda: elsewhere.opened(reader, row))


@dataclass(frozen=True)
class Filters:
    """What cases are listed by."""

    status: Several[Status] = None
    person_ref: PersonRef | None = None
    handover_ref: HandoverRef | None = None
    household_ref: HouseholdRef | None = None
    organisation_ref: OrganisationRef | None = None
    case_number: str | None = None
    opened: GivenDay | None = None
    opened_month: GivenMonth | None = None


@shows("intake.case.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[CaseRead]:
    """Cases, oldest first unless asked otherwise, without what other systems call them."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        person_ref=asked.person_ref,
        handover_ref=asked.handover_ref,
        household_ref=asked.household_ref,
        organisation_ref=asked.organisation_ref,
        case_number=asked.case_number,
        opened=within(asked.opened, asked.opened_month),
    )


def file_of(reading: Reading, case_ref: str) -> Sequence[str]:
    """What somebody who saw it has seen of the person: the case, the person, and their line in a hand-over's list."""
    row = reading.row(CaseRow, case_ref)
    refs = {} if row is None else {"person": row["person_ref"], "line": row["line_ref"]}
    return (Subject("case", case_ref), *(Subject(kind, ref) for kind, ref in refs.items() if ref))
