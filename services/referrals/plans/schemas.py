"""What a reader of a plan sees."""

from services.referrals.plans.domain import Plan
from shared.ids import Ref
from shared.model import CX


class PlanRead(Plan):
    """A plan and what may be asked of it next."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
