"""Facts of one request for one service: how it was answered and what was given."""

from typing import ClassVar

from shared.contracts.leaves import Count, Day
from shared.contracts.referrals.terms import Acknowledgement, DeliveryUnit, RejectionReason, ServiceCode, VoidReason
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import Event


class _OfServiceReferral(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    service_referral_ref: Ref
    service: ServiceCode
    organisation_ref: OrganisationRef


class ServiceReferralDrafted(_OfServiceReferral):
    """A service was chosen and a provider named; nothing has left yet."""

    type: ClassVar[str] = "referrals.service_referral.drafted.v1"


class ServiceReferralSent(_OfServiceReferral):
    """The request went to the provider."""

    type: ClassVar[str] = "referrals.service_referral.sent.v1"
    day: Day
    respond_by: Day


class ServiceReferralAcknowledged(_OfServiceReferral):
    """The provider has seen the request."""

    type: ClassVar[str] = "referrals.service_referral.acknowledged.v1"


class ServiceReferralAccepted(_OfServiceReferral):
    """The provider will give the service."""

    type: ClassVar[str] = "referrals.service_referral.accepted.v1"
    day: Day


class ServiceReferralRejected(_OfServiceReferral):
    """The provider will not give the service."""

    type: ClassVar[str] = "referrals.service_referral.rejected.v1"
    reason: RejectionReason
    day: Day


class ServiceReferralDelivered(_OfServiceReferral):
    """Some of the service was given on that day."""

    type: ClassVar[str] = "referrals.service_referral.delivered.v1"
    delivery_ref: Ref
    quantity: Count
    unit: DeliveryUnit
    day: Day
    acknowledgement: Acknowledgement


class ServiceReferralCompleted(_OfServiceReferral):
    """The service was given in full."""

    type: ClassVar[str] = "referrals.service_referral.completed.v1"
    day: Day


class ServiceReferralNotCompleted(_OfServiceReferral):
    """The service ended before it was given in full."""

    type: ClassVar[str] = "referrals.service_referral.not_completed.v1"
    reason: RejectionReason
    day: Day


class ServiceReferralRevoked(_OfServiceReferral):
    """The sender took the request back."""

    type: ClassVar[str] = "referrals.service_referral.revoked.v1"
    reason: RejectionReason
    day: Day


class ServiceReferralSharingEnded(_OfServiceReferral):
    """The person no longer agrees that the provider is told of them. Its help goes on; it is to say that it knows."""

    type: ClassVar[str] = "referrals.service_referral.sharing_ended.v1"
    acknowledge_by: Day


class ServiceReferralWithdrawalAcknowledged(_OfServiceReferral):
    """The provider knows that nothing more may be shared, and keeps nothing that it does not need for its help."""

    type: ClassVar[str] = "referrals.service_referral.withdrawal_acknowledged.v1"
    day: Day


class ServiceReferralExpired(_OfServiceReferral):
    """The provider gave no answer in time."""

    type: ClassVar[str] = "referrals.service_referral.expired.v1"


class ServiceReferralCorrected(_OfServiceReferral):
    """The draft named the wrong service or provider."""

    type: ClassVar[str] = "referrals.service_referral.corrected.v1"


class ServiceReferralVoided(_OfServiceReferral):
    """The request was entered in error."""

    type: ClassVar[str] = "referrals.service_referral.voided.v1"
    reason: VoidReason
