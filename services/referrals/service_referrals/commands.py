"""What may be asked of a request for a service, by whom, and which of it each status allows."""

from pydantic import Field

from services.referrals.service_referrals.state import Status
from shared.contracts.leaves import Count
from shared.contracts.referrals import Acknowledgement, DeliveryUnit, NearDay, RejectionReason, ServiceCode, VoidReason
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C3, Command, Correction, Narrative, StatusTable, left_out


class DraftServiceReferral(Command):
    """Choose a service and who is to give it."""

    ref: Ref | None = None
    case_ref: CaseRef
    service: ServiceCode
    organisation_ref: OrganisationRef
    note: C3[Narrative] | None = None


class SendServiceReferral(Command):
    """Send the request."""

    respond_by: NearDay | None = None


class AcknowledgeServiceReferral(Command):
    """Say that the request was seen."""


class AcceptServiceReferral(Command):
    """Say that the service will be given."""


class RejectServiceReferral(Command):
    """Say that the service will not be given, and why."""

    reason: RejectionReason


class DeliverService(Command):
    """Record what was given."""

    ref: Ref | None = None
    quantity: Count = Field(gt=0)
    unit: DeliveryUnit
    acknowledgement: Acknowledgement


class CompleteServiceReferral(Command):
    """Say that the service was given in full."""


class EndServiceReferral(Command):
    """Say that the service ended before it was given in full, and why."""

    reason: RejectionReason


class EndSharing(Command):
    """The consent to share has ended while help is given. Given by what was heard, not by a client."""


class AcknowledgeWithdrawal(Command):
    """Say that you know: nothing more may be shared, and what the help does not need is not kept."""


class RevokeServiceReferral(Command):
    """Take the request back."""

    reason: RejectionReason


class ExpireServiceReferral(Command):
    """The day to answer has passed."""


class CorrectServiceReferral(Correction):
    """Put right a request that nobody has accepted yet."""

    service: ServiceCode = left_out()
    organisation_ref: OrganisationRef = left_out()
    note: C3[Narrative] | None = left_out()


class VoidServiceReferral(Command):
    """Take back a request recorded in error."""

    reason: VoidReason


WithdrawalCommand = EndSharing | AcknowledgeWithdrawal
"""What is said of a consent that ended while help is given."""

SenderCommand = SendServiceReferral | RevokeServiceReferral | CorrectServiceReferral | VoidServiceReferral
"""What the organisation that asks may say of a request."""

ProviderCommand = (
    AcknowledgeServiceReferral
    | AcceptServiceReferral
    | RejectServiceReferral
    | CompleteServiceReferral
    | EndServiceReferral
    | ExpireServiceReferral
    | WithdrawalCommand
)
"""What the organisation that is asked may say of it, beside what it gives; that it said nothing is of this kind too."""

ServiceReferralCommand = DraftServiceReferral | SenderCommand | ProviderCommand | DeliverService

_PAST = (Status.REJECTED, Status.COMPLETED, Status.NOT_COMPLETED, Status.REVOKED, Status.EXPIRED)
_SENDERS: frozenset[type[Command]] = frozenset({RevokeServiceReferral, CorrectServiceReferral, VoidServiceReferral})
_ANSWERS: frozenset[type[Command]] = frozenset({AcceptServiceReferral, RejectServiceReferral, ExpireServiceReferral})
_KNOWING: frozenset[type[Command]] = frozenset({EndSharing, AcknowledgeWithdrawal})
_GIVING: frozenset[type[Command]] = (
    _KNOWING | _SENDERS - {CorrectServiceReferral} | {DeliverService, EndServiceReferral}
)

STATUSES = StatusTable(
    "service_referral",
    opening=frozenset({DraftServiceReferral}),
    allowed={
        Status.DRAFT: _SENDERS | {SendServiceReferral},
        Status.SENT: _SENDERS | _ANSWERS | {AcknowledgeServiceReferral},
        Status.ACKNOWLEDGED: _SENDERS | _ANSWERS,
        Status.ACCEPTED: _GIVING,
        Status.IN_DELIVERY: _GIVING | {CompleteServiceReferral},
        **dict.fromkeys(_PAST, frozenset({VoidServiceReferral})),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({ExpireServiceReferral, EndSharing}),
)
