"""The HTTP edge of disclosures."""

from services.intake.disclosures import queries
from services.intake.disclosures.schemas import DisclosureRead, OutlineRead
from shared.ids import Ref
from shared.web.requests import Calling, Request, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["disclosures"])


@router.get("/disclosures/{ref}", operation_id="readDisclosure")
async def read(ref: Ref, caller: Calling, request: Request) -> DisclosureRead:
    """Read what was agreed to let the provider of a service referral know, while it gives the service."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/disclosures/{ref}/outline", operation_id="readDisclosureOutline")
async def outline(ref: Ref, caller: Calling, request: Request) -> OutlineRead:
    """Read what lets the provider of a service referral say whether it can take the person on: not who it is."""
    return await show(request, queries.outline, caller, ref=ref)
