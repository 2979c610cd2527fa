"""Reads of visits. Whether one is due or overdue is computed for the day asked about, and today without one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.referrals.followups.commands import STATUSES
from services.referrals.followups.schemas import FollowupRead
from services.referrals.followups.state import Followup, Status, Timing, timing
from services.referrals.followups.tables import FollowupRow
from shared.auth import Caller
from shared.clock import local_day
from shared.contracts.referrals import FollowupKind
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Between, Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import state_of
from shared.writing.handling import case_of, shows


def _shown(as_of: date) -> Shown[FollowupRead]:
    return Shown(
        "referrals.followup",
        FollowupRead,
        FollowupRow,
        Followup,
        STATUSES,
        more=lambda _reader, _caller, row: {"timing": timing(state_of(Followup, row), as_of)},
    )


def _standing(asked: Timing | None, as_of: date) -> dict[str, Any]:
    """The filter of visits that stand so on that day, as `timing` says it."""
    if asked is None:
        return {}
    after = as_of + timedelta(days=1)
    windows: dict[Timing, dict[str, Any]] = {
        Timing.EARLY: {"opens_on": Between(low=after)},
        Timing.DUE: {"opens_on": Between(high=after), "closes_on": Between(low=as_of)},
        Timing.OVERDUE: {"closes_on": Between(high=as_of)},
    }
    return windows[asked]


@shows("referrals.followup.read", subjects=case_of(FollowupRow))
def read(reader: Reader, caller: Caller, *, ref: Ref, as_of: date | None = None) -> FollowupRead:
    """One visit, with the visitor's words for who may read them."""
    shown = _shown(as_of or local_day(reader.now))
    row = shown.one(reader, caller, ref)
    return shown.of(reader, caller, row, note=lambda: getattr(reader.open(FollowupRow, row, "note"), "text", None))


@dataclass(frozen=True)
class Filters:
    """What visits are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    kind: FollowupKind | None = None
    timing: Timing | None = None
    as_of: GivenDay | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.followup.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[FollowupRead]:
    """Visits, oldest entry first, without words; `day` and `month` are when they are due."""
    asked_of = asked.as_of or local_day(reader.now)
    status = asked.status
    if asked.timing is not None:
        status = list({Status.PLANNED} & set(status or (Status.PLANNED,)))
    return _shown(asked_of).page(
        reader,
        caller,
        page,
        status=status,
        case_ref=asked.case_ref,
        kind=asked.kind,
        due_on=within(asked.day, asked.month),
        **_standing(asked.timing, asked_of),
    )
