"""What a reader of a visit sees. How it stands is computed for the day asked about."""

from services.referrals.followups.state import Status, Timing
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Finding, FollowupKind, MissReason, ServiceCode
from shared.ids import CaseRef
from shared.model import C0, C1, C3, Narrative
from shared.reading.answers import Read


class FollowupRead(Read):
    """A visit; the visitor's words, for those who may read them."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    kind: C0[FollowupKind]
    due_on: C0[Day]
    opens_on: C0[Day]
    closes_on: C0[Day]
    service: C0[ServiceCode | None] = None
    visited_on: C0[Day | None] = None
    findings: C1[tuple[Finding, ...]] = ()
    reason: C0[MissReason | None] = None
    in_a_row: C0[Count] = 0
    timing: C0[Timing | None] = None
    note: C3[Narrative | None] = None
