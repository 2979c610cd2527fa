"""What may be asked of a business, and which of it each status allows. Planning one is part of signing."""

from services.grants.applications.state import PlaceCode
from services.grants.businesses.state import Findings, Status, VisitNotes
from services.grants.programmes.commands import CorrectionReason
from shared.contracts.grants import Activity, BusinessState, CessationReason, VoidReason
from shared.ids import Ref
from shared.model import C1, C3, Command, Correction, StatusTable, left_out


class CheckBusiness(Command):
    """Record a visit, under the visitor's own ref."""

    check_ref: Ref
    state: BusinessState
    findings: C1[Findings] = ()
    notes: C3[VisitNotes | None] = None


class CeaseBusiness(Command):
    """Record that it has ended, and why."""

    reason: CessationReason


class CorrectBusiness(Correction):
    """Put right what it does or where."""

    reason: CorrectionReason
    activity: Activity = left_out()
    place: C1[PlaceCode] = left_out()


class VoidBusiness(Command):
    """Take back a business entered in error."""

    reason: VoidReason


BusinessCommand = CheckBusiness | CeaseBusiness | CorrectBusiness | VoidBusiness

_LIVING = frozenset[type[Command]]({CheckBusiness, CeaseBusiness, CorrectBusiness, VoidBusiness})

STATUSES = StatusTable(
    "business",
    opening=frozenset(),
    allowed={
        Status.PLANNED: _LIVING,
        Status.OPERATING: _LIVING,
        Status.STRUGGLING: _LIVING,
        Status.CEASED: frozenset({CorrectBusiness}),
        Status.VOIDED: frozenset(),
    },
)
