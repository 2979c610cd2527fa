"""Reads of the register of directory stewards, by those who stand in it."""

from dataclasses import dataclass

from services.referrals.stewards.commands import STATUSES
from services.referrals.stewards.schemas import StewardRead
from services.referrals.stewards.state import Status, Steward
from services.referrals.stewards.tables import OF_DIRECTORY, StewardRow
from shared.auth import Caller
from shared.ids import Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("referrals.steward", StewardRead, StewardRow, Steward, STATUSES, OF_DIRECTORY)


@shows("referrals.steward.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StewardRead:
    """One steward."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What stewards are listed by."""

    status: Several[Status] = None


@shows("referrals.steward.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[StewardRead]:
    """The register, oldest entry first."""
    return SHOWN.page(reader, caller, page, status=asked.status)
