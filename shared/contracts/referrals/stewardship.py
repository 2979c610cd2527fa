"""Facts of those who look after the directory: who they are, and what one proposes and another confirms.

A proposal gives nobody authority and says of no organisation what it is: that is told by the organisation's own facts,
once a second steward has confirmed.
"""

from typing import ClassVar

from shared.contracts.referrals.terms import DeclineReason, ProposalAct
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Event


class _OfDirectory(Event):
    stream: ClassVar[str] = "directory"
    directory_ref: Ref


class StewardAppointed(_OfDirectory):
    """Somebody looks after the directory now, for that organisation."""

    type: ClassVar[str] = "referrals.steward.appointed.v1"
    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class StewardRemoved(_OfDirectory):
    """Somebody no longer looks after the directory."""

    type: ClassVar[str] = "referrals.steward.removed.v1"
    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class _OfProposal(_OfDirectory):
    proposal_ref: Ref


class ProposalMade(_OfProposal):
    """A directory steward proposes something about an organisation; nothing is changed by it."""

    type: ClassVar[str] = "referrals.proposal.made.v1"
    act: ProposalAct
    organisation_ref: OrganisationRef


class ProposalConfirmed(_OfProposal):
    """A second steward agreed; what was proposed is told by facts of its own."""

    type: ClassVar[str] = "referrals.proposal.confirmed.v1"
    act: ProposalAct
    organisation_ref: OrganisationRef


class ProposalDeclined(_OfProposal):
    """A second steward did not agree; nothing changed."""

    type: ClassVar[str] = "referrals.proposal.declined.v1"
    reason: DeclineReason


class ProposalWithdrawn(_OfProposal):
    """Whoever proposed it took it back; nothing changed."""

    type: ClassVar[str] = "referrals.proposal.withdrawn.v1"
