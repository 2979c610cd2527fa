"""What a reader of the directory sees."""

from services.referrals.organisations.state import Organisation, OrganisationContact
from shared.model import C2
from shared.reading.answers import Read


class OrganisationRead(Organisation, Read):
    """An organisation; whom to ask for there, for those who may know."""

    contact: C2[OrganisationContact | None] = None
