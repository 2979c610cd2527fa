"""What a reader of the directory sees."""

from services.referrals.organisations.state import OfferedService, OrganisationContact, Status
from shared.contracts.leaves import Country
from shared.contracts.referrals import OrganisationKind
from shared.model import C0, C2, Name
from shared.reading.answers import Read


class OrganisationRead(Read):
    """An organisation; whom to ask for there, for those who may know."""

    status: C0[Status]
    kind: C0[OrganisationKind]
    name: C0[Name]
    alternate_name: C0[Name | None] = None
    country: C0[Country]
    services: C0[tuple[OfferedService, ...]] = ()
    contact: C2[OrganisationContact | None] = None
