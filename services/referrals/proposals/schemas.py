"""What a directory steward sees of a proposal."""

from services.referrals.proposals.state import Proposal
from shared.model import C1, Name
from shared.reading.answers import Read


class ProposalRead(Proposal, Read):
    """A proposal. `steward_name` is absent in lists."""

    steward_name: C1[Name | None] = None
