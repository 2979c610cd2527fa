"""Reads of the directory. Whom to ask for at an organisation is opened one entry at a time."""

from services.referrals.organisations.domain import STATUSES, Organisation, OrganisationContact, Status
from services.referrals.organisations.schemas import OrganisationRead
from services.referrals.organisations.tables import OrganisationRow
from shared.auth import Caller, authorise
from shared.contracts.referrals import OrganisationKind
from shared.ids import Ref
from shared.model import FieldClass
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row
from shared.writing.handling import own, shows


def _read(row: Row) -> OrganisationRead:
    fields = {name: row[name] for name in ("ref", "version", *Organisation.model_fields)}
    return OrganisationRead.model_validate(fields | {"next": next_operations(STATUSES, row["status"])})


@shows("referrals.organisation.read", subjects=own("organisation"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> OrganisationRead:
    """One organisation. Nobody works on an organisation as on a case, so the role alone opens its contact."""
    authorise(reader, caller, "referrals.organisation.read")
    row = reader.peek(OrganisationRow, ref)
    if FieldClass.IDENTITY not in reader.policy.classes[caller.role]:
        return _read(row)
    contact: OrganisationContact | None = reader.open(OrganisationRow, row, "contact")
    return _read(row).but(contact=contact)


@shows("referrals.organisation.read")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    kind: OrganisationKind | None = None,
) -> Page[OrganisationRead]:
    """The directory, oldest entry first."""
    authorise(reader, caller, "referrals.organisation.read")
    rows, following = reader.page(OrganisationRow, page, status=status, kind=kind)
    return Page(items=tuple(_read(row) for row in rows), next_cursor=following)
