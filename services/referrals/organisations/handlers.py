"""Commands on the directory."""

from services.referrals.organisations import commands as ask
from services.referrals.organisations import domain
from services.referrals.organisations.commands import STATUSES, OrganisationCommand
from services.referrals.organisations.state import Facts, Organisation, OrganisationContact
from services.referrals.organisations.tables import ENTRY, OrganisationRow
from shared.auth import Caller
from shared.ids import OrganisationRef
from shared.model import Model
from shared.writing.commands import Commands, on_itself
from shared.writing.handling import own
from shared.writing.unit import Unit


def _facts(
    unit: Unit, caller: Caller, _command: OrganisationCommand, *, ref: OrganisationRef, state: Organisation | None
) -> Facts:
    return Facts(organisation_ref=ref, day=unit.effective_day, by=caller.organisation_ref)


def _private(command: OrganisationCommand) -> dict[str, Model | None]:
    """Whom to ask, when the command says so; None empties it."""
    contact: OrganisationContact | None = getattr(command, "contact", None)
    return {"contact": contact} if "contact" in command.model_fields_set else {}


ORGANISATIONS = Commands(
    "referrals.organisation",
    OrganisationRow,
    Organisation,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=on_itself("organisation"),
    private=_private,
    belonging=ENTRY,
)
ORGANISATIONS.ordinary("register", ask.RegisterOrganisation, subjects=own("organisation"))
ORGANISATIONS.ordinary("change_capacity", ask.ChangeCapacity)
ORGANISATIONS.ordinary("suspend", ask.SuspendOrganisation)
ORGANISATIONS.ordinary("reinstate", ask.ReinstateOrganisation)
ORGANISATIONS.ordinary("close", ask.CloseOrganisation)
ORGANISATIONS.ordinary("correct", ask.CorrectOrganisation, subjects=own("organisation"))
ORGANISATIONS.ordinary("void", ask.VoidOrganisation)


def agreed(unit: Unit, command: OrganisationCommand, *, ref: OrganisationRef, by: OrganisationRef) -> None:
    """What two directory stewards agreed on: inside their unit, whose lock holds the organisation."""
    if isinstance(command, ask.RegisterOrganisation):
        unit.known(OrganisationRow, ref, command)
    state = unit.find(OrganisationRow, Organisation, ref)
    facts = Facts(organisation_ref=ref, day=unit.effective_day, by=by, agreed=True)
    unit.save(OrganisationRow, ref, domain.decide(state, command, facts))
