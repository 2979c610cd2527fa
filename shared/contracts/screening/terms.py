"""The code types that facts of screening share."""

from typing import Annotated

from shared.codes import CodeOf

VoidReason = Annotated[str, CodeOf("void_reason")]
AmendmentReason = Annotated[str, CodeOf("amendment_reason")]
Body = Annotated[str, CodeOf("deciding_body")]
Entitlement = Annotated[str, CodeOf("entitlement")]
Handling = Annotated[str, CodeOf("handling_instruction")]
