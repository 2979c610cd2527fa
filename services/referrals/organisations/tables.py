"""The table of the directory. Whom to ask for at an organisation is sealed under the organisation's own key."""

from services.referrals.base import Base
from services.referrals.organisations.state import Organisation, OrganisationContact
from shared.auth import Belonging
from shared.model import C2
from shared.storage.tables import Thing, sealed

ENTRY = Belonging(subject=None, holder="ref", sender="registered_by")
"""An entry is kept by the organisation itself and by the one that entered it."""


class OrganisationRow(Organisation, Thing, Base, table=True):
    """One organisation."""

    __tablename__ = "organisation"
    contact: bytes | None = sealed(OrganisationContact, C2, subject="ref", kind="organisation")
