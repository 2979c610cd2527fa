"""The code types that facts of screening share."""

from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled

VoidReason = Annotated[str, CodeOf("void_reason")]
AmendmentReason = Annotated[str, CodeOf("amendment_reason")]
Body = Annotated[str, CodeOf("deciding_body")]
Entitlement = Annotated[str, CodeOf("entitlement")]
Handling = Annotated[str, CodeOf("handling_instruction")]


@labelled("receiver_kind")
class ReceiverKind(StrEnum):
    """Who may receive a child, in the order in which they are to be considered."""

    PARENT = "PARENT"
    OTHER_PARENT = "OTHER_PARENT"
    KIN = "KIN"
    FOSTER = "FOSTER"
    RESIDENTIAL = "RESIDENTIAL"
