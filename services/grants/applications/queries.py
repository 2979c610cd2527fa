"""Reads of applications. The applicant's words are opened one application at a time, for who works on the case."""

from dataclasses import dataclass

from services.grants.applications.commands import STATUSES
from services.grants.applications.schemas import ApplicationRead
from services.grants.applications.state import Application, PlanNotes, Status
from services.grants.applications.tables import ApplicationRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows

SHOWN = Shown("grants.application", ApplicationRead, ApplicationRow, Application, STATUSES)


def _words(reader: Reader, row: Row) -> str | None:
    notes: PlanNotes | None = reader.open(ApplicationRow, row, "notes")
    return None if notes is None else notes.words


@shows("grants.application.read", subjects=case_of(ApplicationRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ApplicationRead:
    """One application, with the applicant's words for who may read them."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, words=lambda: _words(reader, row))


@dataclass(frozen=True)
class Filters:
    """What applications are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    programme_ref: Ref | None = None
    household_ref: HouseholdRef | None = None
    signed_day: GivenDay | None = None
    signed_month: GivenMonth | None = None


@shows("grants.application.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ApplicationRead]:
    """Applications, without words; oldest first unless asked otherwise."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        programme_ref=asked.programme_ref,
        household_ref=asked.household_ref,
        signed_on=within(asked.signed_day, asked.signed_month),
    )
