"""What a reader of a request, or of what was given, sees."""

from services.referrals.service_referrals.domain import Delivery, ServiceReferral
from shared.ids import Ref
from shared.model import C3, CX, Narrative


class ServiceReferralRead(ServiceReferral):
    """A request; what the provider must know, for those who may read it."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    note: C3[Narrative | None] = None


class DeliveryRead(Delivery):
    """What was given on a day."""

    ref: Ref
