"""The row of a request for access."""

from sqlmodel import Field

from services.intake.access_requests.state import AccessRequest
from services.intake.base import Base
from services.intake.cases.state import Status
from services.intake.cases.tables import CASE, CaseRow
from shared.auth import Belonging, Via
from shared.ids import OrganisationRef, StaffRef
from shared.storage.tables import Thing


class AccessRequestRow(AccessRequest, Thing, Base, table=True):
    """One request for access."""

    __tablename__ = "access_request"
    organisation_ref: OrganisationRef = Field(index=True)
    staff_ref: StaffRef = Field(index=True)


OF_CASE = Via(CaseRow, "case_ref", "ref", CASE, gone=Status.VOIDED, apart=True)
ACCESS_REQUEST = Belonging(subject=None, sender="organisation_ref", via=OF_CASE)
"""It is that of the organisation that asks, and of the one that holds the case.

Who is barred from the case goes on seeing what their organisation asked for: a request that vanished would tell them
that there is such a case.
"""
