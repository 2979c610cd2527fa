"""The rules of a programme: opened with a budget, put right, closed. Its money moves by `movement` alone."""

from typing import assert_never

from services.grants.applications.duties import not_before
from services.grants.programmes.commands import (
    STATUSES,
    CloseProgramme,
    CorrectProgramme,
    OpenProgramme,
    ProgrammeCommand,
    VoidProgramme,
)
from services.grants.programmes.money import band
from services.grants.programmes.state import Facts, Programme, Status
from shared.contracts import grants as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: Programme | None, command: ProgrammeCommand, facts: Facts) -> Decided[Programme]:
    """What becomes of a programme."""
    if state is not None and state.status is Status.CLOSED and isinstance(command, CloseProgramme):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, OpenProgramme):
        return _open(command, facts)
    assert state is not None
    match command:
        case CorrectProgramme():
            return _correct(state, command, facts)
        case CloseProgramme():
            return _close(state, facts)
        case VoidProgramme():
            return _void(state, command, facts)
        case _:
            assert_never(command)


def _open(command: OpenProgramme, facts: Facts) -> Decided[Programme]:
    opened = Programme(
        status=Status.OPEN,
        organisation_ref=facts.organisation,
        opened_by=facts.actor,
        name=command.name,
        currency=command.currency,
        rate=command.rate,
        budget=command.budget,
        terms=command.terms,
        opened_on=facts.day,
    )
    band(0, command.currency, command.rate)
    event = told.ProgrammeOpened(
        programme_ref=facts.programme_ref,
        organisation_ref=facts.organisation,
        currency=command.currency,
        day=facts.day,
    )
    return Decided(opened, (event,))


def _correct(state: Programme, command: CorrectProgramme, facts: Facts) -> Decided[Programme]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    if corrected.free < 0:
        raise Refused("budget_below_what_is_bound")
    return Decided(corrected, (told.ProgrammeCorrected(programme_ref=facts.programme_ref),))


def _close(state: Programme, facts: Facts) -> Decided[Programme]:
    not_before(state.opened_on, facts.day)
    event = told.ProgrammeClosed(programme_ref=facts.programme_ref, day=facts.day)
    return Decided(state.but(status=Status.CLOSED, closed_on=facts.day), (event,))


def _void(state: Programme, command: VoidProgramme, facts: Facts) -> Decided[Programme]:
    if state.bound:
        raise Refused("money_has_moved")
    event = told.ProgrammeVoided(programme_ref=facts.programme_ref, reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (event,))
