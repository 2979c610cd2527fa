"""The words that the facts of grants are made of: currencies, codes, and what rules branch on."""

from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled

Activity = Annotated[str, CodeOf("grant_activity")]
HoldReason = Annotated[str, CodeOf("grant_hold_reason")]
RejectionReason = Annotated[str, CodeOf("grant_rejection_reason")]
RevisionReason = Annotated[str, CodeOf("grant_revision_reason")]
EndReason = Annotated[str, CodeOf("grant_end_reason")]
CessationReason = Annotated[str, CodeOf("grant_cessation_reason")]
VoidReason = Annotated[str, CodeOf("void_reason")]


@labelled("currency")
class Currency(StrEnum):
    """Held in its smallest unit in use: US cents, whole riel, whole dong."""

    USD = "USD"
    KHR = "KHR"
    VND = "VND"


@labelled("basis")
class Basis(StrEnum):
    """The entitlement an application stands on. It never says what was found in the screening."""

    GRANT_ADULT = "GRANT_ADULT"
    GRANT_CAREGIVER_HOUSEHOLD = "GRANT_CAREGIVER_HOUSEHOLD"


@labelled("training")
class Training(StrEnum):
    """How the gate of training was passed."""

    DONE = "DONE"
    WAIVED = "WAIVED"


@labelled("business_state")
class BusinessState(StrEnum):
    """How a visitor found the business."""

    OPERATING = "OPERATING"
    STRUGGLING = "STRUGGLING"
