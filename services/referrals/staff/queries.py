"""Reads of the register of staff, by the supervisors of the organisation. A name is opened one entry at a time."""

from dataclasses import dataclass

from services.referrals.staff.commands import STATUSES
from services.referrals.staff.schemas import StaffRead
from services.referrals.staff.state import Staff, Status
from services.referrals.staff.tables import StaffRow
from shared.auth import OWN, Caller
from shared.ids import Ref, StaffRef
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.storage.tables import Row
from shared.writing.handling import own, shows

SHOWN = Shown("referrals.staff", StaffRead, StaffRow, Staff, STATUSES, OWN)


@shows("referrals.staff.read", subjects=own("staff"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StaffRead:
    """One entry, with how they are called."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, name=lambda: _name(reader, row))


def _name(reader: Reader, row: Row) -> str | None:
    found = reader.open(StaffRow, row, "name")
    return None if found is None else str(found.name)


@dataclass(frozen=True)
class Filters:
    """What staff are listed by."""

    status: Several[Status] = None
    staff_ref: StaffRef | None = None


@shows("referrals.staff.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[StaffRead]:
    """The staff of the caller's organisation without their names, oldest entry first."""
    return SHOWN.page(reader, caller, page, status=asked.status, staff_ref=asked.staff_ref)
