"""What a reader of a request, or of what was given, sees."""

from services.referrals.service_referrals.state import ServiceReferral
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Acknowledgement, DeliveryUnit, ServiceCode
from shared.ids import CaseRef, Ref
from shared.model import C0, C3, Narrative
from shared.reading.answers import Read, Returned


class ServiceReferralRead(ServiceReferral, Read):
    """A request; what the provider must know, for those who may read it."""

    note: C3[Narrative | None] = None


class DeliveryRead(Returned):
    """What was given on a day."""

    ref: C0[Ref]
    case_ref: C0[CaseRef]
    service_referral_ref: C0[Ref]
    service: C0[ServiceCode]
    quantity: C0[Count]
    unit: C0[DeliveryUnit]
    delivered_on: C0[Day]
    acknowledgement: C0[Acknowledgement]
