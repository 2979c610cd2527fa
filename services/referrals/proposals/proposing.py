"""What may be proposed at all: checked when it is proposed, and once more by the rules that it is for."""

from typing import Any, assert_never

from services.referrals.organisations.state import Organisation
from services.referrals.organisations.state import Status as EntryStatus
from services.referrals.proposals import commands as ask
from services.referrals.proposals.commands import Proposing, Standing
from services.referrals.proposals.state import Facts, Proposal, ProposedEntry, Status
from shared.contracts.referrals import ProposalAct, has_authority
from shared.errors import Refused

GONE = frozenset({EntryStatus.CLOSED, EntryStatus.VOIDED})


def proposed(command: Proposing, facts: Facts) -> Proposal:
    """The proposal that a steward makes. Refuses what needs no second one, and what cannot be."""
    match command:
        case ask.ProposeRegistration():
            return _registration(command, facts)
        case ask.ProposeCorrection():
            return _correction(command, facts)
        case ask.ProposeStanding():
            return _standing(command, facts)
        case ask.ProposeAppointment():
            return _appointment(command, facts)
        case ask.ProposeRemoval():
            return _removal(command, facts)
        case _:
            assert_never(command)


def _made(act: ProposalAct, organisation_ref: str, facts: Facts, **more: Any) -> Proposal:
    by: dict[str, Any] = {"proposed_by": facts.by, "proposed_for": facts.by_organisation}
    return Proposal(status=Status.PROPOSED, act=act, organisation_ref=organisation_ref, **by, **more)


def _registration(command: ask.ProposeRegistration, facts: Facts) -> Proposal:
    if facts.entry is not None:
        raise Refused("organisation_known")
    _of_state(command.kind)
    said = {name: getattr(command, name) for name in ProposedEntry.model_fields}
    entry = ProposedEntry(**said)
    return _made(ProposalAct.REGISTER, command.organisation_ref, facts, entry=entry, said=tuple(said))


def _correction(command: ask.ProposeCorrection, facts: Facts) -> Proposal:
    entry = _there(facts)
    said = {name: getattr(command, name) for name in ProposedEntry.model_fields if name in command.model_fields_set}
    if not said:
        raise Refused("proposal_says_nothing")
    _of_state(entry.kind, said.get("kind"))
    return _made(ProposalAct.CORRECT, command.organisation_ref, facts, entry=ProposedEntry(**said), said=tuple(said))


def _standing(command: ask.ProposeStanding, facts: Facts) -> Proposal:
    """A suspension and an entry made in error have a reason each, the others none."""
    _of_state(_there(facts).kind)
    wants = (command.standing is Standing.SUSPEND, command.standing is Standing.VOID)
    if wants != (command.pause_reason is not None, command.void_reason is not None):
        raise Refused("reason_of_another_kind")
    why = {"pause_reason": command.pause_reason, "void_reason": command.void_reason}
    return _made(ProposalAct(command.standing.value), command.organisation_ref, facts, **why)


def _appointment(command: ask.ProposeAppointment, facts: Facts) -> Proposal:
    if _there(facts).status in GONE:
        raise Refused("organisation_unknown")
    if any(other.staff_ref == command.staff_ref for other in facts.active):
        raise Refused("steward_known")
    return _made(ProposalAct.APPOINT, command.organisation_ref, facts, staff_ref=command.staff_ref)


def _removal(command: ask.ProposeRemoval, facts: Facts) -> Proposal:
    whom = facts.steward
    if whom is None:
        raise Refused("steward_unknown")
    return _made(ProposalAct.REMOVE, whom.organisation_ref, facts, staff_ref=command.staff_ref)


def _there(facts: Facts) -> Organisation:
    if facts.entry is None:
        raise Refused("organisation_unknown")
    return facts.entry


def _of_state(*kinds: str | None) -> None:
    """Kinds without authority are registered and changed by whoever coordinates, without a proposal."""
    if not any(map(has_authority, kinds)):
        raise Refused("needs_no_proposal")
