"""Reads of the register of directory stewards, by those who stand in it."""

from dataclasses import dataclass

from services.referrals.stewards.commands import STATUSES
from services.referrals.stewards.handlers import name_of
from services.referrals.stewards.schemas import StewardRead
from services.referrals.stewards.state import Status, Steward
from services.referrals.stewards.tables import OF_DIRECTORY, StewardRow
from shared.auth import Caller
from shared.ids import Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import own, shows

SHOWN = Shown("referrals.steward", StewardRead, StewardRow, Steward, STATUSES, OF_DIRECTORY)


@shows("referrals.steward.read", subjects=own("steward"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StewardRead:
    """One steward, with how they are called."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, name=lambda: name_of(reader, row))


@dataclass(frozen=True)
class Filters:
    """What stewards are listed by."""

    status: Several[Status] = None


@shows("referrals.steward.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[StewardRead]:
    """The register without names, oldest entry first."""
    return SHOWN.page(reader, caller, page, status=asked.status)
