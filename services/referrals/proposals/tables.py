"""The table of proposals. A proposal belongs to the directory, as those do who look after it."""

from sqlmodel import Field
from sqlmodel.sql.sqltypes import AutoString

from services.referrals.base import Base
from services.referrals.proposals.state import Proposal
from services.referrals.stewards.state import StewardName
from shared.ids import OrganisationRef
from shared.model import C1
from shared.storage.tables import Thing, sealed, stood_clear


class ProposalRow(Proposal, Thing, Base, table=True):
    """One proposal."""

    __tablename__ = "proposal"
    organisation_ref: OrganisationRef = Field(index=True)
    called: bytes | None = sealed(StewardName, C1, subject="staff_ref", kind="steward")
    steward_name: str | None = stood_clear(AutoString, into="called", field="name")
