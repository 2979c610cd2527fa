"""What a reader of the directory sees."""

from services.referrals.organisations.domain import Organisation, OrganisationContact
from shared.ids import Ref
from shared.model import C2, CX


class OrganisationRead(Organisation):
    """An organisation; whom to ask for there, for those who may know."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    contact: C2[OrganisationContact | None] = None
