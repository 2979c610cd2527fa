"""The rules of the register of staff. Who is in it is the organisation's own matter; who left is told to everybody."""

from typing import assert_never

from services.referrals.staff.commands import (
    STATUSES,
    CorrectStaff,
    LeaveOrganisation,
    RegisterStaff,
    ReturnToOrganisation,
    StaffCommand,
)
from services.referrals.staff.state import OF_NOBODY, Facts, Roles, Staff, Status
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: Staff | None, command: StaffCommand, facts: Facts) -> Decided[Staff]:
    """What becomes of an entry."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, RegisterStaff):
        return _register(command, facts)
    assert state is not None
    match command:
        case CorrectStaff():
            corrected = command.applied_to(state)
            _of_people(corrected.roles)
            changed = corrected != state or "name" in command.changes()
            return Decided(corrected, own_matter=changed)
        case LeaveOrganisation():
            if facts.last_supervisor:
                raise Refused("last_supervisor")
            return Decided(state.but(status=Status.LEFT), (told.StaffLeft(**_named(state)),))
        case ReturnToOrganisation():
            return Decided(state.but(status=Status.ACTIVE), (told.StaffReturned(**_named(state)),))
        case _:
            assert_never(command)


def _register(command: RegisterStaff, facts: Facts) -> Decided[Staff]:
    if not facts.in_directory:
        raise Refused("organisation_not_in_directory")
    if facts.registered:
        raise Refused("staff_registered")
    _of_people(command.roles)
    entry = Staff(
        organisation_ref=command.organisation_ref,
        staff_ref=command.staff_ref,
        status=Status.ACTIVE,
        roles=command.roles,
    )
    return Decided(entry, own_matter=True)


def _of_people(roles: Roles) -> None:
    if OF_NOBODY in roles:
        raise Refused("role_of_nobody")


def _named(state: Staff) -> dict[str, str]:
    return {"organisation_ref": state.organisation_ref, "staff_ref": state.staff_ref}
