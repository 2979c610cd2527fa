"""The closed lists of intake that rules branch on; what programmes extend is a code list instead."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled

VoidReason = Annotated[str, CodeOf("void_reason")]

GLASS_HOLDS = timedelta(minutes=60)
"""How long broken glass opens anything, from when it was recorded: the same moment in every service."""
C4_READING_HOLDS = timedelta(minutes=60)
"""How long somebody sees what a second person agreed that they see, counted in the same way."""


@labelled("line_status")
class LineStatus(StrEnum):
    """What became of one line of a list."""

    LISTED = "listed"
    PRESENT = "present"
    ABSENT = "absent"
    ADDED = "added"
    VOIDED = "voided"


@labelled("nationality_answer")
class NationalityAnswer(StrEnum):
    """What a consular officer found. No answer ever blocks a reception."""

    CONFIRMED = "CONFIRMED"
    UNCLEAR = "UNCLEAR"
    REFUSED = "REFUSED"


@labelled("age_basis")
class AgeBasis(StrEnum):
    """What an age rests on. PRESUMED: nothing shows an adult, so the person is a child."""

    DETERMINED = "DETERMINED"
    DOCUMENT = "DOCUMENT"
    STATED = "STATED"
    PRESUMED = "PRESUMED"


@labelled("consent_purpose")
class ConsentPurpose(StrEnum):
    """What somebody agrees to. Each is asked, given and withdrawn alone."""

    INTERVIEW = "INTERVIEW"
    STORE = "STORE"
    SHARE = "SHARE"
    MEDICAL = "MEDICAL"
    PHOTOGRAPH = "PHOTOGRAPH"
    REFERRAL = "REFERRAL"
    FAMILY_CONTACT = "FAMILY_CONTACT"
    GRANT = "GRANT"
    RESEARCH = "RESEARCH"
    MEDIA = "MEDIA"


@labelled("erasure_outcome")
class ErasureOutcome(StrEnum):
    """What becomes of a request to be forgotten: exactly one of these. PARTLY: what was told, and not who it is."""

    EXECUTED = "EXECUTED"
    PARTLY_EXECUTED = "PARTLY_EXECUTED"
    DEFERRED = "DEFERRED"
    REFUSED = "REFUSED"


@labelled("receiver_kind")
class ReceiverKind(StrEnum):
    """Who takes over when a stay ends by a hand-over, in the order in which they are to be considered."""

    PARENT = "PARENT"
    OTHER_PARENT = "OTHER_PARENT"
    KIN = "KIN"
    FOSTER = "FOSTER"
    RESIDENTIAL = "RESIDENTIAL"
    SELF = "SELF"
