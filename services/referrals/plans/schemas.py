"""What a reader of a plan sees."""

from services.referrals.plans.state import Signature, Status, Transfer, Worker
from shared.contracts.leaves import Day
from shared.contracts.referrals import ClosureReason, OverrideReason
from shared.ids import CaseRef
from shared.model import C0, C1
from shared.reading.answers import Read


class PlanRead(Read):
    """A plan and what may be asked of it next."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    opened_on: C0[Day]
    workers: C0[tuple[Worker, ...]] = ()
    signatures: C1[tuple[Signature, ...]] = ()
    agreed_on: C0[Day | None] = None
    closed_on: C0[Day | None] = None
    reason: C0[ClosureReason | None] = None
    override: C0[OverrideReason | None] = None
    transfers: C0[tuple[Transfer, ...]] = ()
