"""Reads of the directory. Whom to ask for at an organisation is opened one entry at a time."""

from collections.abc import Sequence

from services.referrals.organisations.commands import STATUSES
from services.referrals.organisations.schemas import OrganisationRead
from services.referrals.organisations.state import Organisation, Status
from services.referrals.organisations.tables import OrganisationRow
from shared.auth import READABLE, Caller, authorise
from shared.contracts.referrals import OrganisationKind
from shared.ids import Ref, Subject
from shared.model import FieldClass
from shared.reading import Page, PageAsked, Reader
from shared.reading.answers import Shown
from shared.writing.handling import own, shows

SHOWN = Shown(
    OrganisationRead, OrganisationRow, Organisation, STATUSES, subject=lambda row: Subject("organisation", row["ref"])
)


@shows("referrals.organisation.read", subjects=own("organisation"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> OrganisationRead:
    """One organisation. Nobody works on an organisation as on a case, so the role alone opens its contact."""
    authorise(reader, caller, "referrals.organisation.read")
    row = reader.peek(OrganisationRow, ref)
    by_role = {"contact"} if FieldClass.IDENTITY in READABLE[caller.role] else set[str]()
    return SHOWN.of(reader, caller, row, also=by_role, contact=lambda: reader.open(OrganisationRow, row, "contact"))


@shows("referrals.organisation.read")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Sequence[Status] | None = None,
    kind: OrganisationKind | None = None,
) -> Page[OrganisationRead]:
    """The directory, oldest entry first."""
    authorise(reader, caller, "referrals.organisation.read")
    return SHOWN.page(reader, caller, page, status=status, kind=kind)
