"""What may be asked of a stay, and which of it each status allows."""

from datetime import date
from typing import Annotated

from pydantic import Field

from services.intake.stays.state import Bed, Need, Status, TravelMode, Waiver
from shared.codes import CodeOf
from shared.contracts.intake import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C4, Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class ExpectStay(Command):
    """Somebody is coming: here, or to the organisation that is named. Its staff know then whom they host."""

    ref: Ref | None = None
    case_ref: CaseRef
    organisation_ref: OrganisationRef | None = None


class AdmitStay(Command):
    """Somebody gets a bed, expected or not."""

    ref: Ref | None = None
    case_ref: CaseRef
    bed: C4[Bed | None] = None


class CheckUrgentNeeds(Command):
    """Food, rest, medical care and danger come first; who waives that gives a reason."""

    needs: tuple[Need, ...] = Field(default=(), max_length=20)
    waiver: Waiver | None = None


class ArrangeTravel(Command):
    """How somebody gets home, and with whom."""

    mode: TravelMode
    escort_ref: StaffRef | None = None


class Depart(Command):
    """Set out as arranged."""


class HandOver(Command):
    """Received at home, and signed for."""

    receiver: ReceiverKind
    receiver_ref: PersonRef | None = None
    receiver_organisation_ref: OrganisationRef | None = None


class LeaveEarly(Command):
    """Went away alone."""


class ReportMissing(Command):
    """Is not where they should be."""


class ReportFound(Command):
    """Is back."""


class CorrectStay(Correction):
    """Put details right."""

    organisation_ref: OrganisationRef = left_out()
    day: date = left_out()
    bed: C4[Bed | None] = left_out()


class VoidStay(Command):
    """Entered in error."""

    reason: VoidReason


StayCommand = (
    ExpectStay
    | AdmitStay
    | CheckUrgentNeeds
    | ArrangeTravel
    | Depart
    | HandOver
    | LeaveEarly
    | ReportMissing
    | ReportFound
    | CorrectStay
    | VoidStay
)

_ALWAYS: frozenset[type[Command]] = frozenset({CorrectStay, VoidStay})

STATUSES = StatusTable(
    "stay",
    opening=frozenset({ExpectStay, AdmitStay}),
    allowed={
        Status.EXPECTED: _ALWAYS | {AdmitStay, LeaveEarly, ReportMissing},
        Status.ADMITTED: _ALWAYS | {CheckUrgentNeeds, ArrangeTravel, Depart, HandOver, LeaveEarly, ReportMissing},
        Status.DEPARTED: _ALWAYS | {HandOver, LeaveEarly, ReportMissing},
        Status.HANDED_OVER: _ALWAYS,
        Status.LEFT_EARLY: _ALWAYS,
        Status.MISSING: _ALWAYS | {ReportFound},
        Status.VOIDED: frozenset(),
    },
    withheld={Depart: lambda row: row["travel_mode"] is None},
)
