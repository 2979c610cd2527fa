"""What a proposal comes to: the command on the organisation, or on the register, that it was made for."""

from services.referrals.organisations import commands as entries
from services.referrals.organisations.commands import OrganisationCommand
from services.referrals.proposals.state import Proposal
from services.referrals.stewards import commands as register
from services.referrals.stewards.commands import StewardCommand
from shared.contracts.referrals import ProposalAct


def on_organisation(state: Proposal) -> OrganisationCommand | None:
    """What is to be done to the organisation; None where it is about a steward."""
    said = {name: getattr(state.entry, name) for name in state.said}
    match state.act:
        case ProposalAct.REGISTER:
            return entries.RegisterOrganisation(**said)
        case ProposalAct.CORRECT:
            return entries.CorrectOrganisation(**said)
        case ProposalAct.SUSPEND:
            return entries.SuspendOrganisation.model_validate({"reason": state.pause_reason})
        case ProposalAct.REINSTATE:
            return entries.ReinstateOrganisation()
        case ProposalAct.CLOSE:
            return entries.CloseOrganisation()
        case ProposalAct.VOID:
            return entries.VoidOrganisation.model_validate({"reason": state.void_reason})
        case ProposalAct.APPOINT | ProposalAct.REMOVE:
            return None


def on_steward(state: Proposal, name: str | None = None) -> StewardCommand | None:
    """What is to be done to the register; None where it is about an organisation. `name` is of who is appointed."""
    if state.act is ProposalAct.REMOVE:
        return register.RemoveSteward()
    if state.act is ProposalAct.APPOINT:
        whom = {"staff_ref": state.staff_ref, "name": name, "organisation_ref": state.organisation_ref}
        return register.AppointSteward.model_validate(whom)
    return None
