"""What a reader of a request, or of what was given, sees."""

from services.referrals.service_referrals.state import Status
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Acknowledgement, DeliveryUnit, RejectionReason, ServiceCode
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C0, C3, Narrative
from shared.reading.answers import Read, Returned


class ServiceReferralRead(Read):
    """A request; what the provider must know, for those who may read it."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    service: C0[ServiceCode]
    sender_ref: C0[OrganisationRef]
    organisation_ref: C0[OrganisationRef]
    drafted_on: C0[Day]
    sent_on: C0[Day | None] = None
    asked_ref: C0[OrganisationRef | None] = None
    respond_by: C0[Day | None] = None
    ended_on: C0[Day | None] = None
    reason: C0[RejectionReason | None] = None
    deliveries: C0[Count] = 0
    last_delivered_on: C0[Day | None] = None
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
