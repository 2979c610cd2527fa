"""What may be asked of a consent, and which of it each status allows."""

from datetime import date
from typing import Annotated

from services.intake.consents.state import Assent, Exceptional, Giver, Informed, Signature, Status
from shared.codes import CodeOf
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref
from shared.model import C2, Command, Correction, Name, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class GrantConsent(Command):
    """Somebody agreed; or an exception by law stands in for it and is named."""

    ref: Ref | None = None
    case_ref: CaseRef
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    giver: Giver | None = None
    giver_ref: PersonRef | None = None
    informed: Informed | None = None
    signature: Signature | None = None
    witness: C2[Name | None] = None
    assent: Assent = Assent.NOT_ASKED_YOUNG
    exception: Exceptional | None = None
    valid_until: date | None = None


class RefuseConsent(Command):
    """Somebody said no."""

    ref: Ref | None = None
    case_ref: CaseRef
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    giver: Giver = Giver.SELF


class WithdrawConsent(Command):
    """Somebody took it back. Holds at once."""


class ConfirmConsent(Command):
    """Confirm, as the second person, that the law's exception is there. Without that it ends within a day."""


class ExpireConsent(Command):
    """The time is over. Given by the deadline, not by a client."""


class CorrectConsent(Correction):
    """Until when it holds was entered wrongly."""

    valid_until: date | None = left_out()


class VoidConsent(Command):
    """Entered in error."""

    reason: VoidReason


LaterCommand = WithdrawConsent | ConfirmConsent | ExpireConsent | CorrectConsent | VoidConsent
ConsentCommand = GrantConsent | RefuseConsent | LaterCommand

STATUSES = StatusTable(
    "consent",
    opening=frozenset({GrantConsent, RefuseConsent}),
    allowed={
        Status.GRANTED: frozenset({WithdrawConsent, ConfirmConsent, ExpireConsent, CorrectConsent, VoidConsent}),
        Status.REFUSED: frozenset({VoidConsent}),
        Status.EXPIRED: frozenset({VoidConsent}),
        Status.WITHDRAWN: frozenset({VoidConsent}),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({ExpireConsent}),
)
