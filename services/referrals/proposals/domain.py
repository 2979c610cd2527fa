"""The rules of proposals: what two directory stewards must agree on, and that the two are different people.

Separation of duties, as with findings and money: whoever could say alone that an organisation is the police could let
anybody speak for the police.
"""

from typing import assert_never

from services.referrals.proposals import commands as ask
from services.referrals.proposals.commands import STATUSES, ProposalCommand
from services.referrals.proposals.proposing import proposed
from services.referrals.proposals.state import Facts, Proposal, Status
from shared.contracts import referrals as told
from shared.contracts.referrals import ProposalAct
from shared.errors import Refused
from shared.model import Decided


def decide(state: Proposal | None, command: ProposalCommand, facts: Facts) -> Decided[Proposal]:
    """What becomes of a proposal."""
    STATUSES.check(None if state is None else state.status, command)
    if state is None:
        assert not isinstance(command, ask.ConfirmProposal | ask.DeclineProposal | ask.WithdrawProposal)
        return _propose(proposed(command, facts), facts)
    # The table of statuses lets no other at a proposal that is there.
    assert isinstance(command, ask.ConfirmProposal | ask.DeclineProposal | ask.WithdrawProposal)
    match command:
        case ask.ConfirmProposal():
            return _confirm(state, facts)
        case ask.DeclineProposal():
            _must_be_another(state, facts)
            declined = told.ProposalDeclined(**_of(state, facts), reason=command.reason)
            after = state.but(status=Status.DECLINED, answered_by=facts.by, decline_reason=command.reason)
            return Decided(after, (declined,))
        case ask.WithdrawProposal():
            if facts.by != state.proposed_by:
                raise Refused("proposed_by_another")
            withdrawn = told.ProposalWithdrawn(**_of(state, facts))
            return Decided(state.but(status=Status.WITHDRAWN), (withdrawn,))
        case _:
            assert_never(command)


def _propose(state: Proposal, facts: Facts) -> Decided[Proposal]:
    made = told.ProposalMade(**_of(state, facts), act=state.act, organisation_ref=state.organisation_ref)
    return Decided(state, (made,))


def _confirm(state: Proposal, facts: Facts) -> Decided[Proposal]:
    _must_be_another(state, facts)
    if all(steward.staff_ref != state.proposed_by for steward in facts.active):
        raise Refused("proposer_looks_after_it_no_more")
    if _about_their_own(state, facts):
        raise Refused("about_own_organisation")
    confirmed = told.ProposalConfirmed(**_of(state, facts), act=state.act, organisation_ref=state.organisation_ref)
    return Decided(state.but(status=Status.CONFIRMED, answered_by=facts.by), (confirmed,))


def _must_be_another(state: Proposal, facts: Facts) -> None:
    """The person counts, whichever organisation or role they act in."""
    if facts.by == state.proposed_by:
        raise Refused("second_steward_needed")


def _about_their_own(state: Proposal, facts: Facts) -> bool:
    """Nobody confirms what their own organisation is to be, as long as another organisation has a steward.

    A removal gives nobody anything, so whoever looks after the directory may confirm it.
    """
    others = {steward.organisation_ref for steward in facts.active} - {state.organisation_ref}
    own = facts.by_organisation == state.organisation_ref
    return own and bool(others) and state.act is not ProposalAct.REMOVE


def _of(state: Proposal, facts: Facts) -> dict[str, str]:
    return {"directory_ref": state.directory_ref, "proposal_ref": facts.proposal_ref}
