"""Reads of the directory. Whom to ask for at an organisation is opened one entry at a time."""

from dataclasses import dataclass

from services.referrals.organisations.commands import STATUSES
from services.referrals.organisations.schemas import OrganisationRead
from services.referrals.organisations.state import Organisation, Status
from services.referrals.organisations.tables import ENTRY, OrganisationRow
from shared.auth import Caller
from shared.contracts.referrals import OrganisationKind
from shared.ids import Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import own, shows

SHOWN = Shown("referrals.organisation", OrganisationRead, OrganisationRow, Organisation, STATUSES, ENTRY)


@shows("referrals.organisation.read", subjects=own("organisation"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> OrganisationRead:
    """One organisation, with whom to ask for there."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, contact=lambda: reader.open(OrganisationRow, row, "contact"))


@dataclass(frozen=True)
class Filters:
    """What organisations are listed by."""

    status: Several[Status] = None
    kind: OrganisationKind | None = None


@shows("referrals.organisation.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[OrganisationRead]:
    """The directory, oldest entry first."""
    return SHOWN.page(reader, caller, page, status=asked.status, kind=asked.kind)
