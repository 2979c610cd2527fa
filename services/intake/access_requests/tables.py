"""The row of a request for access."""

from sqlmodel import Field

from services.intake.access_requests.state import AccessRequest
from services.intake.base import Base
from shared.ids import OrganisationRef
from shared.storage.tables import Thing


class AccessRequestRow(AccessRequest, Thing, Base, table=True):
    """One request for access."""

    __tablename__ = "access_request"
    organisation_ref: OrganisationRef = Field(index=True)
