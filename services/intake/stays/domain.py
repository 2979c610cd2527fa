"""The rules of a stay: a bed at once, urgent needs before questions, and a way home that is safe for a child.

Nothing here asks for a consent or a finding. An adult may leave at any moment; a child who leaves alone is *missing*.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.contracts.intake import ReceiverKind
from shared.errors import Refused
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C4, Command, Correction, Decided, Given, Model, Name, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
Need = Annotated[str, CodeOf("urgent_need")]
Waiver = Annotated[str, CodeOf("waiver_reason")]
TravelMode = Annotated[str, CodeOf("travel_mode")]
Named = dict[str, Ref]


class Status(StrEnum):
    EXPECTED = "expected"
    ADMITTED = "admitted"
    DEPARTED = "departed"
    HANDED_OVER = "handed_over"
    LEFT_EARLY = "left_early"
    MISSING = "missing"
    VOIDED = "voided"


class Stay(Model):
    """The time between the gate and home."""

    case_ref: CaseRef
    status: Status
    organisation_ref: OrganisationRef
    day: date
    urgent_needs_checked: bool = False
    needs: tuple[Need, ...] = ()
    waiver: Waiver | None = None
    travel_mode: TravelMode | None = None
    escort_ref: StaffRef | None = None
    ended: date | None = None
    receiver: ReceiverKind | None = None
    receiver_ref: PersonRef | None = None
    receiver_organisation_ref: OrganisationRef | None = None


class Bed(Given):
    """Where somebody sleeps."""

    room: C4[Name]
    bed: C4[Name | None] = None


class ExpectStay(Command):
    """Somebody is coming."""

    ref: Ref | None = None
    case_ref: CaseRef


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
)


@dataclass(frozen=True)
class Receiver:
    """Who was decided to receive a child."""

    kind: ReceiverKind
    person_ref: PersonRef | None = None
    exception: bool = False


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    stay_ref: Ref
    day: date
    organisation_ref: OrganisationRef
    child: bool = True
    too_young_to_ask: bool = False
    decided: Receiver | None = None
    implicated: frozenset[PersonRef] = frozenset()
    other_stay_open: bool = False


def decide(state: Stay | None, command: Command, facts: Facts) -> Decided[Stay]:
    """What becomes of a stay."""
    if state is not None and _holds(state, command):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, ExpectStay | AdmitStay):
        return _begin(state, command, facts)
    assert state is not None
    named = {"case_ref": state.case_ref, "stay_ref": facts.stay_ref}
    match command:
        case CheckUrgentNeeds():
            return _urgent(state, command, facts, named)
        case ArrangeTravel():
            return _travel(state, command, facts, named)
        case Depart():
            return _depart(state, facts, named)
        case HandOver():
            return _hand_over(state, command, facts, named)
        case LeaveEarly() if not facts.child:
            left = told.StayLeftEarly(**named, day=facts.day)
            return Decided(state.but(status=Status.LEFT_EARLY, ended=facts.day), (left,))
        case LeaveEarly() | ReportMissing():
            return Decided(state.but(status=Status.MISSING), (told.StayMissing(**named, day=facts.day),))
        case ReportFound():
            return Decided(state.but(status=Status.ADMITTED), (told.StayFound(**named, day=facts.day),))
        case VoidStay(reason=reason):
            return Decided(state.but(status=Status.VOIDED), (told.StayVoided(**named, reason=reason),))
        case CorrectStay():
            return _correct(state, command, named)
    raise AssertionError(command)


def _holds(state: Stay, command: Command) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
        case ExpectStay(case_ref=case_ref):
            return state.status is Status.EXPECTED and state.case_ref == case_ref
        case AdmitStay(case_ref=case_ref):
            return state.status is Status.ADMITTED and state.case_ref == case_ref
        case CheckUrgentNeeds(needs=needs, waiver=waiver):
            return state.urgent_needs_checked and (state.needs, state.waiver) == (needs, waiver)
        case ArrangeTravel(mode=mode, escort_ref=escort):
            return (state.travel_mode, state.escort_ref) == (mode, escort)
        case Depart():
            return state.status is Status.DEPARTED
        case LeaveEarly():
            return state.status in (Status.LEFT_EARLY, Status.MISSING)
        case ReportMissing():
            return state.status is Status.MISSING
        case HandOver(receiver=kind, receiver_ref=person):
            return state.status is Status.HANDED_OVER and (state.receiver, state.receiver_ref) == (kind, person)
        case _:
            return False


def _begin(state: Stay | None, command: ExpectStay | AdmitStay, facts: Facts) -> Decided[Stay]:
    if state is None and facts.other_stay_open:
        raise Refused("stay_already_open")
    if state is not None and state.case_ref != command.case_ref:
        raise Refused("stay_of_another_case")
    begun: dict[str, Any] = {"case_ref": command.case_ref, "organisation_ref": facts.organisation_ref, "day": facts.day}
    if isinstance(command, ExpectStay):
        return Decided(Stay(**begun, status=Status.EXPECTED), (told.StayExpected(**begun, stay_ref=facts.stay_ref),))
    admitted = told.StayAdmitted(**begun, stay_ref=facts.stay_ref, too_young_to_ask=facts.too_young_to_ask)
    return Decided(Stay(**begun, status=Status.ADMITTED), (admitted,))


def _urgent(state: Stay, command: CheckUrgentNeeds, facts: Facts, named: Named) -> Decided[Stay]:
    after = state.but(urgent_needs_checked=True, needs=command.needs, waiver=command.waiver)
    checked = told.StayUrgentNeedsChecked(
        **named, day=facts.day, needs=command.needs, waived=command.waiver is not None, reason=command.waiver
    )
    return Decided(after, (checked,))


def _travel(state: Stay, command: ArrangeTravel, facts: Facts, named: Named) -> Decided[Stay]:
    if facts.child and command.escort_ref is None:
        raise Refused("child_needs_escort")
    after = state.but(travel_mode=command.mode, escort_ref=command.escort_ref)
    escorted = command.escort_ref is not None
    arranged = told.StayTravelArranged(**named, mode=command.mode, escorted=escorted, day=facts.day)
    return Decided(after, (arranged,))


def _depart(state: Stay, facts: Facts, named: Named) -> Decided[Stay]:
    if state.travel_mode is None:
        raise Refused("travel_not_arranged")
    if facts.child and state.escort_ref is None:
        raise Refused("child_needs_escort")
    if facts.child and facts.decided is None:
        raise Refused("best_interests_not_decided")
    return Decided(state.but(status=Status.DEPARTED), (told.StayDeparted(**named, day=facts.day),))


def _hand_over(state: Stay, command: HandOver, facts: Facts, named: Named) -> Decided[Stay]:
    if facts.child:
        _safe_for_a_child(command, facts)
    after = state.but(
        status=Status.HANDED_OVER,
        ended=facts.day,
        receiver=command.receiver,
        receiver_ref=command.receiver_ref,
        receiver_organisation_ref=command.receiver_organisation_ref,
    )
    handed = told.StayHandedOver(
        **named,
        receiver=command.receiver,
        person_ref=command.receiver_ref,
        organisation_ref=command.receiver_organisation_ref,
        day=facts.day,
    )
    return Decided(after, (handed,))


def _safe_for_a_child(command: HandOver, facts: Facts) -> None:
    """Only after a best-interests decision, to the receiver it names; to a caregiver implicated only as it excepts."""
    if facts.decided is None:
        raise Refused("best_interests_not_decided")
    if command.receiver is ReceiverKind.SELF or command.receiver is not facts.decided.kind:
        raise Refused("not_the_decided_receiver")
    if facts.decided.person_ref not in (None, command.receiver_ref):
        raise Refused("not_the_decided_receiver")
    if command.receiver_ref in facts.implicated and not facts.decided.exception:
        raise Refused("receiver_implicated")


def _correct(state: Stay, command: CorrectStay, named: Named) -> Decided[Stay]:
    after = command.applied_to(state)
    if after == state and "bed" not in command.changes():
        return Decided(state)
    corrected = told.StayCorrected(**named, organisation_ref=after.organisation_ref, day=after.day)
    return Decided(after, (corrected,))
