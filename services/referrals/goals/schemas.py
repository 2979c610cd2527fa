"""What a reader of a goal sees."""

from services.referrals.goals.state import Responsible, Status
from shared.contracts.leaves import Day
from shared.contracts.referrals import GoalResult, PlanDomain, ServiceCode
from shared.ids import CaseRef, Ref
from shared.model import C0, C3, Narrative
from shared.reading.answers import Read


class GoalRead(Read):
    """A goal; its words, for those who may read them."""

    case_ref: C0[CaseRef]
    plan_ref: C0[Ref]
    status: C0[Status]
    domain: C0[PlanDomain]
    service: C0[ServiceCode | None] = None
    responsible: C0[Responsible]
    due_on: C0[Day]
    result: C0[GoalResult | None] = None
    ended_on: C0[Day | None] = None
    note: C3[Narrative | None] = None
