"""The rules of a reading by two people: asked by one, answered by another within a day, and over after an hour."""

from typing import assert_never

from services.intake.c4_readings.commands import (
    STATUSES,
    AskC4Reading,
    CloseC4Reading,
    ConfirmC4Reading,
    ReadingCommand,
    RefuseC4Reading,
)
from services.intake.c4_readings.state import WAITS, C4Reading, Facts, Status
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Decided, Event


def decide(state: C4Reading | None, command: ReadingCommand, facts: Facts) -> Decided[C4Reading]:
    """What becomes of a reading by two people."""
    if state is not None and _holds(state, command, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, AskC4Reading):
        return _ask(command, facts)
    assert state is not None
    match command:
        case ConfirmC4Reading():
            return _confirm(state, facts)
        case RefuseC4Reading():
            refused = state.but(status=Status.REFUSED, answered_by=facts.by)
            return Decided(refused, _ended(state, facts), own_matter=True)
        case CloseC4Reading():
            over = state.but(status=Status.OVER) if state.status is Status.OPEN else state
            return Decided(over, _ended(state, facts))
        case _:
            assert_never(command)


def _holds(state: C4Reading, command: ReadingCommand, facts: Facts) -> bool:
    """The same answer by the same person again decides nothing."""
    same = state.answered_by == facts.by
    confirmed = isinstance(command, ConfirmC4Reading) and state.status in (Status.OPEN, Status.OVER)
    refused = isinstance(command, RefuseC4Reading) and state.status is Status.REFUSED
    return same and (confirmed or refused)


def _ask(command: AskC4Reading, facts: Facts) -> Decided[C4Reading]:
    if facts.voided:
        raise Refused("case_not_open")
    if facts.waiting:
        raise Refused("c4_reading_asked_already")
    asked = C4Reading(
        case_ref=facts.case_ref,
        staff_ref=facts.by,
        organisation_ref=facts.organisation_ref,
        reason=command.reason,
        status=Status.ASKED,
        asked_at=facts.now,
    )
    return Decided(asked, own_matter=True)


def _confirm(state: C4Reading, facts: Facts) -> Decided[C4Reading]:
    if facts.by == state.staff_ref:
        raise Refused("c4_reading_second_person")
    if facts.now - state.asked_at > WAITS:
        raise Refused("c4_reading_asked_too_long_ago")
    opened = state.but(status=Status.OPEN, answered_by=facts.by, until=facts.now + told.C4_READING_HOLDS)
    event = told.CaseReadingOpened(**_named(facts.reading_ref, state), confirmed_by=facts.by)
    return Decided(opened, (event,))


def _ended(state: C4Reading, facts: Facts) -> tuple[Event, ...]:
    """The fact that it is over, once."""
    open_ = state.status is Status.OPEN
    return (told.CaseReadingEnded(**_named(facts.reading_ref, state)),) if open_ else ()


def _named(ref: Ref, reading: C4Reading) -> dict[str, Ref]:
    named = {name: getattr(reading, name) for name in ("case_ref", "staff_ref", "organisation_ref")}
    return {"reading_ref": ref, **named}
