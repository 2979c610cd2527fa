"""What a directory steward sees of a proposal."""

from services.referrals.proposals.state import Proposal
from shared.reading.answers import Read


class ProposalRead(Proposal, Read):
    """A proposal."""
