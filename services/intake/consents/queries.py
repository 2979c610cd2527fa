"""Reads of consents. A page of one case shows everything that was ever agreed to or refused."""

from dataclasses import dataclass

from services.intake.consents.commands import STATUSES
from services.intake.consents.schemas import ConsentRead
from services.intake.consents.state import Consent, Status
from services.intake.consents.tables import ConsentRow
from shared.auth import Caller
from shared.contracts.intake import ConsentPurpose
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import Name
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows

SHOWN = Shown("intake.consent", ConsentRead, ConsentRow, Consent, STATUSES)


@shows("intake.consent.read", subjects=case_of(ConsentRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ConsentRead:
    """One consent, with the witness for who works on the case."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, witness=lambda: _witness(reader, row))


def _witness(reader: Reader, row: Row) -> Name | None:
    witness = reader.open(ConsentRow, row, "witness")
    return None if witness is None else witness.name


@dataclass(frozen=True)
class Filters:
    """What consents are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    purpose: ConsentPurpose | None = None
    organisation_ref: OrganisationRef | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("intake.consent.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ConsentRead]:
    """Consents, oldest first unless asked otherwise."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        purpose=asked.purpose,
        organisation_ref=asked.organisation_ref,
        day=within(asked.day, asked.month),
    )
