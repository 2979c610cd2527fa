"""Reads of the directory. Whom to ask for at an organisation is opened one entry at a time."""

from dataclasses import dataclass

from services.referrals.organisations.commands import STATUSES
from services.referrals.organisations.schemas import OrganisationRead
from services.referrals.organisations.state import Organisation, Status
from services.referrals.organisations.tables import OrganisationRow
from shared.auth import Caller, authorise
from shared.contracts.referrals import OrganisationKind
from shared.ids import Ref
from shared.model import FieldClass
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.storage.tables import Row
from shared.writing.handling import own, shows


def _by_role(reader: Reader, caller: Caller, mark: FieldClass, _row: Row) -> bool:
    """Nobody works on an organisation as on a case, so the role alone opens its contact."""
    return mark in reader.policy.classes.get(caller.role, frozenset())


SHOWN = Shown(OrganisationRead, OrganisationRow, Organisation, STATUSES, may=_by_role)


@shows("referrals.organisation.read", subjects=own("organisation"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> OrganisationRead:
    """One organisation, with whom to ask for there."""
    authorise(reader, caller, "referrals.organisation.read")
    row = reader.peek(OrganisationRow, ref)
    return SHOWN.of(reader, caller, row, contact=lambda: reader.open(OrganisationRow, row, "contact"))


@dataclass(frozen=True)
class Filters:
    """What organisations are listed by."""

    status: Several[Status] = None
    kind: OrganisationKind | None = None


@shows("referrals.organisation.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[OrganisationRead]:
    """The directory, oldest entry first."""
    authorise(reader, caller, "referrals.organisation.read")
    return SHOWN.page(reader, caller, page, status=asked.status, kind=asked.kind)
