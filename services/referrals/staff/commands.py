"""What may be asked of an entry of the register of staff, and which of it each status allows."""

from services.referrals.staff.state import Roles, Status
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C2, Command, Correction, Name, StatusTable, left_out


class RegisterStaff(Command):
    """Put somebody who works for the organisation into its register."""

    ref: Ref | None = None
    organisation_ref: OrganisationRef
    staff_ref: StaffRef
    name: C2[Name | None] = None
    roles: Roles = ()


class CorrectStaff(Correction):
    """Put right how somebody is called, or what they are employed to do."""

    name: C2[Name | None] = left_out()
    roles: Roles = left_out()


class LeaveOrganisation(Command):
    """They work there no longer. Nothing that they had there is open to them from now on, in any service."""


class ReturnToOrganisation(Command):
    """They work there again. Nothing that they had before comes back: it is given anew."""


StaffCommand = RegisterStaff | CorrectStaff | LeaveOrganisation | ReturnToOrganisation

STATUSES = StatusTable(
    "staff",
    opening=frozenset({RegisterStaff}),
    allowed={
        Status.ACTIVE: frozenset({CorrectStaff, LeaveOrganisation}),
        Status.LEFT: frozenset({CorrectStaff, ReturnToOrganisation}),
    },
)
