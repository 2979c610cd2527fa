"""What is done with the directory."""

from services.referrals.organisations import domain as ask
from services.referrals.organisations.domain import Facts, Organisation, OrganisationContact, decide
from services.referrals.organisations.tables import OrganisationRow
from shared.auth import Caller, authorise
from shared.ids import Ref
from shared.model import Command, Model
from shared.writing.handling import handles, own
from shared.writing.unit import Unit


def _private(command: Command) -> dict[str, Model | None]:
    """Whom to ask, when the command says so; None empties it."""
    contact: OrganisationContact | None = getattr(command, "contact", None)
    return {"contact": contact} if "contact" in command.model_fields_set else {}


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    authorise(unit, caller, action)
    unit.lock(f"organisation/{ref}")
    state, _ = unit.load(OrganisationRow, Organisation, ref)
    facts = Facts(organisation_ref=ref, day=unit.effective_day)
    unit.save(OrganisationRow, ref, decide(state, command, facts), private=_private(command))


@handles("referrals.organisation.register", subjects=own("organisation"), creates=True)
def register(unit: Unit, caller: Caller, command: ask.RegisterOrganisation, *, ref: Ref) -> None:
    """Put an organisation into the directory."""
    authorise(unit, caller, "referrals.organisation.register")
    unit.lock(f"organisation/{ref}")
    state = unit.find(OrganisationRow, Organisation, ref)
    facts = Facts(organisation_ref=ref, day=unit.effective_day)
    unit.save(OrganisationRow, ref, decide(state, command, facts), private=_private(command))


@handles("referrals.organisation.change_capacity")
def change_capacity(unit: Unit, caller: Caller, command: ask.ChangeCapacity, *, ref: Ref) -> None:
    """Say how many places a service has now."""
    _change(unit, caller, command, "referrals.organisation.change_capacity", ref)


@handles("referrals.organisation.suspend")
def suspend(unit: Unit, caller: Caller, command: ask.SuspendOrganisation, *, ref: Ref) -> None:
    """Refer nobody there for now."""
    _change(unit, caller, command, "referrals.organisation.suspend", ref)


@handles("referrals.organisation.reinstate")
def reinstate(unit: Unit, caller: Caller, command: ask.ReinstateOrganisation, *, ref: Ref) -> None:
    """Refer people there again."""
    _change(unit, caller, command, "referrals.organisation.reinstate", ref)


@handles("referrals.organisation.close")
def close(unit: Unit, caller: Caller, command: ask.CloseOrganisation, *, ref: Ref) -> None:
    """The organisation no longer works."""
    _change(unit, caller, command, "referrals.organisation.close", ref)


@handles("referrals.organisation.correct", subjects=own("organisation"))
def correct(unit: Unit, caller: Caller, command: ask.CorrectOrganisation, *, ref: Ref) -> None:
    """Put right what the directory says."""
    _change(unit, caller, command, "referrals.organisation.correct", ref)


@handles("referrals.organisation.void")
def void(unit: Unit, caller: Caller, command: ask.VoidOrganisation, *, ref: Ref) -> None:
    """Take back an entry made in error."""
    _change(unit, caller, command, "referrals.organisation.void", ref)
