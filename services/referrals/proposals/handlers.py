"""Commands on proposals. A confirmed one is carried out in the same unit, by the thing that it is for."""

from collections.abc import Iterable, Mapping

from services.referrals.organisations import handlers as organisations
from services.referrals.organisations.state import Organisation
from services.referrals.organisations.tables import OrganisationRow
from services.referrals.proposals import commands as ask
from services.referrals.proposals import domain
from services.referrals.proposals.agreeing import on_organisation, on_steward
from services.referrals.proposals.commands import STATUSES, ProposalCommand
from services.referrals.proposals.state import Facts, Proposal
from services.referrals.proposals.tables import ProposalRow
from services.referrals.stewards import handlers as stewards
from services.referrals.stewards.state import Status, Steward, StewardName
from services.referrals.stewards.tables import DIRECTORY, OF_DIRECTORY, StewardRow
from shared.auth import Caller
from shared.ids import Ref, Subject
from shared.model import Model
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, command: ProposalCommand, *, ref: Ref, state: Proposal | None) -> Facts:
    about = getattr(command, "organisation_ref", None) if state is None else state.organisation_ref
    entry = None if about is None else unit.row(OrganisationRow, about)
    leaving = unit.row(StewardRow, command.staff_ref) if isinstance(command, ask.ProposeRemoval) else None
    steward = None if leaving is None else state_of(Steward, leaving)
    return Facts(
        proposal_ref=ref,
        by=caller.staff_ref,
        by_organisation=caller.organisation_ref,
        entry=None if entry is None else state_of(Organisation, entry),
        active=tuple(stewards.active(unit)),
        steward=steward if steward is not None and steward.status is Status.ACTIVE else None,
    )


def name_of(reading: Reading, row: Row) -> str | None:
    """How the steward is called whom a proposal is about; the caller's handler declared `whose_name`.

    Who is to be appointed is named by the proposal, who is to be removed by the register.
    """
    if row["staff_ref"] is None:
        return None
    found: StewardName | None = reading.open(ProposalRow, row, "called")
    return stewards.name_of(reading, row["staff_ref"]) if found is None else found.name


def whose_name(peek: Reading, _command: object = None, *, ref: Ref) -> Iterable[Subject]:
    """The sealing subject of a proposal that is there: the steward whom it is about."""
    row = peek.row(ProposalRow, ref)
    return () if row is None or row["staff_ref"] is None else (Subject("steward", row["staff_ref"]),)


def _named(_peek: Reading, command: ProposalCommand, **_: object) -> Iterable[Subject]:
    return (Subject("steward", command.staff_ref),) if isinstance(command, ask.ProposeAppointment) else ()


def _private(command: ProposalCommand) -> Mapping[str, Model]:
    return {"called": StewardName(name=command.name)} if isinstance(command, ask.ProposeAppointment) else {}


PROPOSALS = Commands(
    "referrals.proposal",
    ProposalRow,
    Proposal,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=stewards.on_directory,
    subjects=_named,
    private=_private,
    belonging=OF_DIRECTORY,
)
PROPOSALS.ordinary("propose", ask.ProposeRegistration)
PROPOSALS.ordinary("propose", ask.ProposeCorrection)
PROPOSALS.ordinary("propose", ask.ProposeStanding)
PROPOSALS.ordinary("propose", ask.ProposeAppointment)
PROPOSALS.ordinary("propose", ask.ProposeRemoval)
PROPOSALS.ordinary("decline", ask.DeclineProposal)
PROPOSALS.ordinary("withdraw", ask.WithdrawProposal)


@PROPOSALS.does("confirm", ask.ConfirmProposal, subjects=whose_name)
def confirm(unit: Unit, caller: Caller, command: ask.ConfirmProposal, *, ref: Ref) -> None:
    """A second steward agrees: what was proposed is in force with this, or refused as a whole."""
    row = unit.peek(ProposalRow, ref)
    PROPOSALS.authorise(unit, caller, command, PROPOSALS.about(unit, row))
    unit.lock(DIRECTORY, Subject("organisation", row["organisation_ref"]))
    state, _ = unit.load(ProposalRow, Proposal, ref)
    unit.save(ProposalRow, ref, domain.decide(state, command, _facts(unit, caller, command, ref=ref, state=state)))
    entry, steward = on_organisation(state), on_steward(state, name_of(unit, row))
    if entry is not None:
        organisations.agreed(unit, entry, ref=state.organisation_ref, by=state.proposed_for)
    if steward is not None and state.staff_ref is not None:
        stewards.put_in_force(unit, steward, ref=state.staff_ref)
