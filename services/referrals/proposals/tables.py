"""The table of proposals. A proposal belongs to the directory, as those do who look after it."""

from sqlmodel import Field

from services.referrals.base import Base
from services.referrals.proposals.state import Proposal
from shared.ids import OrganisationRef
from shared.storage.tables import Thing


class ProposalRow(Proposal, Thing, Base, table=True):
    """One proposal."""

    __tablename__ = "proposal"
    organisation_ref: OrganisationRef = Field(index=True)
