"""The rules of a request to be forgotten: two people, one outcome, and nothing is destroyed under a legal hold."""

from typing import assert_never

from services.intake.erasures.clocks import clock_of
from services.intake.erasures.commands import (
    STATUSES,
    AcknowledgeErasure,
    AskErasure,
    ConfirmErasure,
    DecideErasure,
    ErasureCommand,
    LiftHold,
)
from services.intake.erasures.state import Confirmed, Erasure, Facts, Status
from shared.contracts import intake as told
from shared.contracts.intake import ErasureOutcome
from shared.errors import Invalid, Refused
from shared.model import Decided

BECOMES = {
    ErasureOutcome.EXECUTED: Status.EXECUTED,
    ErasureOutcome.PARTLY_EXECUTED: Status.PARTLY_EXECUTED,
    ErasureOutcome.DEFERRED: Status.DEFERRED,
    ErasureOutcome.REFUSED: Status.REFUSED,
}
OPEN = frozenset({Status.ASKED, Status.DEFERRED})
DESTROYS = frozenset({ErasureOutcome.EXECUTED, ErasureOutcome.PARTLY_EXECUTED})


def decide(state: Erasure | None, command: ErasureCommand, facts: Facts) -> Decided[Erasure]:
    """What becomes of a request to be forgotten."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, AskErasure):
        return _ask(command, facts)
    assert state is not None
    match command:
        case AcknowledgeErasure():
            return Decided(state.but(acknowledged=True), own_matter=not state.acknowledged)
        case DecideErasure():
            return _decide(state, command, facts)
        case LiftHold():
            if state.hold_ref is None:
                raise Refused("erasure_without_hold")
            return Decided(state.but(hold_ref=None), (told.ErasureHoldLifted(erasure_ref=facts.erasure_ref),))
        case ConfirmErasure():
            return _confirm(state, command)
        case _:
            assert_never(command)


def _ask(command: AskErasure, facts: Facts) -> Decided[Erasure]:
    if command.asked_on > facts.today:
        raise Invalid("in_the_future")
    if any(other.status in OPEN for other in facts.others):
        raise Refused("erasure_asked_already")
    clock = clock_of(command.asked_on)
    asked = Erasure(
        person_ref=command.person_ref,
        organisation_ref=facts.organisation_ref,
        staff_ref=facts.by,
        status=Status.ASKED,
        asked_on=command.asked_on,
        acknowledge_by=clock.acknowledge_by(command.asked_on),
        answer_by=clock.answer_by(command.asked_on),
    )
    named = {"erasure_ref": facts.erasure_ref, "person_ref": command.person_ref}
    return Decided(asked, (told.ErasureRequested(**named, asked_on=command.asked_on),))


def _decide(state: Erasure, command: DecideErasure, facts: Facts) -> Decided[Erasure]:
    if facts.by == state.staff_ref:
        raise Refused("erasure_second_person")
    destroys = command.outcome in DESTROYS
    _until(command, facts)
    if destroys and (command.hold_ref or state.hold_ref or any(other.hold_ref for other in facts.others)):
        raise Refused("erasure_on_hold")
    decided = state.but(
        status=BECOMES[command.outcome],
        ground=command.ground,
        until=command.until,
        hold_ref=command.hold_ref or state.hold_ref,
        decided_by=facts.by,
        decided_on=facts.today,
        cases=facts.cases if destroys else (),
        lines=facts.lines if command.outcome is ErasureOutcome.EXECUTED else (),
    )
    fact = told.ErasureDecided(
        erasure_ref=facts.erasure_ref, outcome=command.outcome, ground=command.ground, until=command.until
    )
    return Decided(decided, (fact,))


def _until(command: DecideErasure, facts: Facts) -> None:
    """A day is named exactly where it is put off, and lies ahead."""
    if (command.until is not None) != (command.outcome is ErasureOutcome.DEFERRED):
        raise Refused("erasure_until_a_day")
    if command.until is not None and command.until <= facts.today:
        raise Refused("erasure_until_a_day")


def _confirm(state: Erasure, command: ConfirmErasure) -> Decided[Erasure]:
    """Told again, it counts once: the last is the whole."""
    others = [one for one in state.confirmed if (one.service, one.subject) != (command.service, command.subject)]
    mine = Confirmed(service=command.service, subject=command.subject, rows=command.rows, keys=command.keys)
    after = state.but(confirmed=tuple(sorted((*others, mine), key=lambda one: (one.service, one.subject))))
    return Decided(after, own_matter=after != state)
