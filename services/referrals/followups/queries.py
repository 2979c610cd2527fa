"""Reads of visits. Whether one is due or overdue is computed for the day asked about, and today without one."""

from services.referrals.followups.domain import STATUSES, Followup, Status, VisitNote, timing
from services.referrals.followups.schemas import FollowupRead
from services.referrals.followups.tables import FollowupRow
from shared.auth import Caller, authorise
from shared.clock import local_day
from shared.contracts.leaves import Day
from shared.contracts.referrals import FollowupKind
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row, state_of
from shared.writing.handling import case_of, shows


def _read(row: Row, as_of: Day) -> FollowupRead:
    state = state_of(Followup, row)
    computed = {"next": next_operations(STATUSES, state.status), "timing": timing(state, as_of)}
    fields = {name: row[name] for name in ("ref", "version", *Followup.model_fields)}
    return FollowupRead.model_validate(fields | computed)


@shows("referrals.followup.read", subjects=case_of(FollowupRow))
def read(reader: Reader, caller: Caller, *, ref: Ref, as_of: Day | None = None) -> FollowupRead:
    """One visit, with the visitor's words for who may read them."""
    row = reader.peek(FollowupRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "referrals.followup.read", subject)
    visit = _read(row, as_of or local_day(reader.now))
    found: VisitNote | None = reader.open(FollowupRow, row, "note") if reader.can(caller, "C3", subject) else None
    return visit if found is None else visit.but(note=found.text)


@shows("referrals.followup.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    kind: FollowupKind | None = None,
    as_of: Day | None = None,
) -> Page[FollowupRead]:
    """Visits, oldest entry first, without words."""
    authorise(reader, caller, "referrals.followup.list")
    rows, following = reader.page(FollowupRow, page, status=status, case_ref=case_ref, kind=kind)
    day = as_of or local_day(reader.now)
    return Page(items=tuple(_read(row, day) for row in rows), next_cursor=following)
