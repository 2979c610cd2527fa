"""Commands on the register of staff. Those of an organisation are decided in turn, under the lock of its stream."""

from collections.abc import Iterable

from services.referrals.organisations.state import Status as Entry
from services.referrals.organisations.tables import OrganisationRow
from services.referrals.staff import commands as ask
from services.referrals.staff import domain
from services.referrals.staff.commands import STATUSES, StaffCommand
from services.referrals.staff.state import Facts, Staff, StaffName, Status
from services.referrals.staff.tables import StaffRow
from shared.auth import OWN, Caller, Place
from shared.errors import NotFound
from shared.ids import OrganisationRef, Ref, Subject, derived_ref
from shared.model import Command, Model
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.commands import Commands, Meets
from shared.writing.handling import own
from shared.writing.unit import Unit


def _streams(_peek: Reading, command: Command, row: Row | None, _ref: Ref) -> Iterable[Subject]:
    """What is told of staff is told of their organisation."""
    named = getattr(command, "organisation_ref") if row is None else row["organisation_ref"]  # noqa: B009 -- that creates
    return (Subject("organisation", named),)


def _facts(unit: Unit, caller: Caller, command: StaffCommand, *, ref: Ref, state: Staff | None) -> Facts:
    if isinstance(command, ask.RegisterStaff):
        found = unit.select(StaffRow, organisation_ref=command.organisation_ref, staff_ref=command.staff_ref)
        return Facts(in_directory(unit, command.organisation_ref), any(row["ref"] != ref for row in found))
    assert state is not None
    return Facts(last_supervisor=isinstance(command, ask.LeaveOrganisation) and _nobody_after(unit, caller, state))


def in_directory(reading: Reading, organisation_ref: OrganisationRef) -> bool:
    """Whether the organisation is known here: only then somebody can work for it."""
    row = reading.row(OrganisationRow, organisation_ref)
    return row is not None and row["status"] != Entry.VOIDED


def _nobody_after(unit: Unit, caller: Caller, state: Staff) -> bool:
    """Whether a supervisor who says it of themselves leaves nobody behind who could."""
    if caller.staff_ref != state.staff_ref:
        return False
    rows = unit.select(StaffRow, organisation_ref=state.organisation_ref, status=Status.ACTIVE)
    others = (state_of(Staff, row) for row in rows if row["staff_ref"] != state.staff_ref)
    return not any(other.supervises for other in others)


def _private(command: StaffCommand) -> dict[str, Model | None]:
    """How somebody is called, when the command says so; None empties it."""
    name: str | None = getattr(command, "name", None)
    return {"name": StaffName(name=name) if name is not None else None} if "name" in command.model_fields_set else {}


STAFF = Commands(
    "referrals.staff",
    StaffRow,
    Staff,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    private=_private,
    belonging=OWN,
)
STAFF.ordinary("correct", ask.CorrectStaff, subjects=own("staff"))
STAFF.ordinary("leave", ask.LeaveOrganisation)
STAFF.ordinary("return", ask.ReturnToOrganisation)


@STAFF.does("register", ask.RegisterStaff, subjects=own("staff"), creates=True)
def register(unit: Unit, caller: Caller, command: ask.RegisterStaff, *, ref: Ref) -> None:
    """Somebody works for the organisation, as its supervisor says, or as they sign in for the first time."""
    STAFF.authorise(unit, caller, command, (Place(holder=command.organisation_ref),))
    unit.lock(Subject("organisation", command.organisation_ref))
    if STAFF.known(unit, caller, command, ref):
        return
    facts = _facts(unit, caller, command, ref=ref, state=None)
    unit.save(StaffRow, ref, domain.decide(None, command, facts), private=_private(command))


def newcomer(reading: Reading, caller: Caller) -> tuple[ask.RegisterStaff, Ref] | None:
    """What registers somebody who signs in for the first time; None where they are registered, also if they left.

    Raises NotFound where their organisation is not in the directory.
    """
    staff, house = caller.staff_ref, caller.organisation_ref
    if not in_directory(reading, house):
        raise NotFound()
    if reading.select(StaffRow, organisation_ref=house, staff_ref=staff):
        return None
    command = ask.RegisterStaff(organisation_ref=house, staff_ref=staff, roles=(caller.role,))
    return command, derived_ref(reading.kept.secret, "staff", house, staff)


MEETS = Meets(STAFF, newcomer)
