"""The rules of a stay: a bed at once, urgent needs before questions, and a way home that is safe for a child.

Nothing here asks for a consent or a finding. An adult may leave at any moment; a child who leaves alone is *missing*.
"""

from datetime import date
from typing import Any, assert_never

from services.intake.stays.commands import (
    STATUSES,
    AdmitStay,
    ArrangeTravel,
    CheckUrgentNeeds,
    CorrectStay,
    Depart,
    ExpectStay,
    HandOver,
    LeaveEarly,
    ReportFound,
    ReportMissing,
    StayCommand,
    VoidStay,
)
from services.intake.stays.state import Facts, Status, Stay
from shared.contracts import intake as told
from shared.contracts.intake import ReceiverKind
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Decided

Named = dict[str, Ref]


def decide(state: Stay | None, command: StayCommand, facts: Facts) -> Decided[Stay]:
    """What becomes of a stay."""
    if state is not None and _holds(state, command):
        return Decided(state)
    STATUSES.check(None if state is None else _status(state, command, facts), command)
    if isinstance(command, ExpectStay | AdmitStay):
        return _begin(state, command, facts)
    assert state is not None
    _in_order(state, command, facts)
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
        case LeaveEarly() | ReportMissing():
            return _gone(state, command, facts, named)
        case ReportFound():
            found = state.but(status=Status.ADMITTED, since=facts.day, departed=None)
            return Decided(found, (told.StayFound(**named, day=facts.day, host_ref=state.organisation_ref),))
        case VoidStay(reason=reason):
            voided = told.StayVoided(**named, reason=reason, host_ref=facts.hosted_meanwhile)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case CorrectStay():
            return _correct(state, command, facts, named)
        case _:
            assert_never(command)


def _holds(state: Stay, command: StayCommand) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
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


def _status(state: Stay, command: StayCommand, facts: Facts) -> Status:
    """Somebody may be missing by a fact that was lost since: that is recorded again, or the person is found first."""
    if facts.missing and state.status in (Status.ADMITTED, Status.DEPARTED) and not isinstance(command, ReportMissing):
        return Status.MISSING
    return state.status


def _in_order(state: Stay, command: StayCommand, facts: Facts) -> None:
    """What happens at a stay happens after it began, and what moves it on after what moved it before."""
    if isinstance(command, CorrectStay | VoidStay):
        return
    if state.status is Status.EXPECTED:
        _in_the_case(facts.day, facts)
    elif facts.day < state.day:
        raise Refused("before_stay_began")
    elif isinstance(command, CheckUrgentNeeds | ArrangeTravel):
        return
    elif state.since is not None and facts.day < state.since:
        raise Refused("before_the_last_step")


def _begin(state: Stay | None, command: ExpectStay | AdmitStay, facts: Facts) -> Decided[Stay]:
    if state is None and facts.other_stay_open:
        raise Refused("stay_already_open")
    if state is not None and state.case_ref != command.case_ref:
        raise Refused("ref_in_use")
    _in_the_case(facts.day, facts)
    expected = command.organisation_ref if isinstance(command, ExpectStay) else None
    host = expected or facts.organisation_ref
    begun: dict[str, Any] = {"case_ref": command.case_ref, "organisation_ref": host, "day": facts.day}
    if isinstance(command, ExpectStay):
        return Decided(Stay(**begun, status=Status.EXPECTED), (told.StayExpected(**begun, stay_ref=facts.stay_ref),))
    admitted = told.StayAdmitted(**begun, stay_ref=facts.stay_ref, too_young_to_ask=facts.too_young_to_ask)
    return Decided(Stay(**begun, status=Status.ADMITTED, since=facts.day), (admitted,))


def _gone(state: Stay, command: LeaveEarly | ReportMissing, facts: Facts, named: Named) -> Decided[Stay]:
    if isinstance(command, LeaveEarly) and not facts.child:
        after = state.but(status=Status.LEFT_EARLY, since=facts.day, ended=facts.day)
        return Decided(after, (told.StayLeftEarly(**named, day=facts.day),))
    missing = state.but(status=Status.MISSING, since=facts.day)
    return Decided(missing, (told.StayMissing(**named, day=facts.day),))


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
    after = state.but(status=Status.DEPARTED, since=facts.day, departed=facts.day)
    return Decided(after, (told.StayDeparted(**named, day=facts.day),))


def _hand_over(state: Stay, command: HandOver, facts: Facts, named: Named) -> Decided[Stay]:
    if facts.child:
        _safe_for_a_child(command, facts)
    after = state.but(
        status=Status.HANDED_OVER,
        since=facts.day,
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


def _correct(state: Stay, command: CorrectStay, facts: Facts, named: Named) -> Decided[Stay]:
    after = command.applied_to(state)
    if after.day != state.day:
        _may_begin(after, facts)
    if after.since == state.day:
        after = after.but(since=after.day)
    if after == state and "bed" not in command.changes():
        return Decided(state)
    moved = state.hosted and after.organisation_ref != state.organisation_ref
    corrected = told.StayCorrected(
        **named,
        organisation_ref=after.organisation_ref,
        day=after.day,
        moved_from=state.organisation_ref if moved else None,
    )
    return Decided(after, (corrected,))


def _may_begin(after: Stay, facts: Facts) -> None:
    """A day that is put right lies in the case, and not behind what was told of the stay later."""
    _in_the_case(after.day, facts)
    if after.status is not Status.EXPECTED and after.day > facts.day:
        raise Refused("day_after_this_record")
    if after.left is not None and after.day > after.left:
        raise Refused("after_stay_ended")


def _in_the_case(day: date, facts: Facts) -> None:
    if facts.opened is not None and day < facts.opened:
        raise Refused("before_case_opened")
