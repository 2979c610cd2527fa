"""Reads of cases: one, or a page by what is not private."""

from typing import Any

from services.intake.cases.detention import days_detained
from services.intake.cases.domain import STATUSES, Case, Status
from services.intake.cases.schemas import CaseRead
from services.intake.cases.tables import CaseRow
from services.intake.persons.schemas import shown
from shared.auth import Caller, authorise
from shared.ids import CaseRef, HandoverRef, HouseholdRef, OrganisationRef, PersonRef
from shared.model import C1
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row, state_of
from shared.writing.handling import shows


def _read(reader: Reader, caller: Caller, row: Row) -> CaseRead:
    subject, more = f"case/{row['ref']}", dict[str, Any]()
    if reader.can(caller, C1, subject):
        days = days_detained(state_of(Case, row).detentions)
        more = {"days_detained": days.total, "days_known": days.known}
    return shown(row, Case, STATUSES, CaseRead, may=lambda mark: reader.can(caller, mark, subject), **more)


@shows("intake.case.read")
def read(reader: Reader, caller: Caller, *, ref: CaseRef) -> CaseRead:
    """One case."""
    row = reader.row(CaseRow, ref)
    authorise(reader, caller, "intake.case.read", f"case/{ref}")
    return _read(reader, caller, row)


@shows("intake.case.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    person_ref: PersonRef | None = None,
    handover_ref: HandoverRef | None = None,
    household_ref: HouseholdRef | None = None,
    organisation_ref: OrganisationRef | None = None,
    case_number: str | None = None,
) -> Page[CaseRead]:
    """Cases, oldest first."""
    authorise(reader, caller, "intake.case.list")
    rows, following = reader.page(
        CaseRow,
        page,
        status=status,
        person_ref=person_ref,
        handover_ref=handover_ref,
        household_ref=household_ref,
        organisation_ref=organisation_ref,
        case_number=case_number,
    )
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
