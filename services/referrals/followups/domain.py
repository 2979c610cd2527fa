"""The rules of visits after the return home: planned from the day somebody came home, and made or missed."""

from datetime import date
from typing import assert_never

from services.referrals.followups.commands import (
    STATUSES,
    CancelFollowup,
    CorrectFollowup,
    FollowupCommand,
    MissVisit,
    PlanFollowup,
    RecordVisit,
    VoidFollowup,
)
from services.referrals.followups.state import Facts, Followup, Status
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Decided

VISITS = frozenset({"MON-VISIT", "MON-CALL"})


def decide(state: Followup | None, command: FollowupCommand, facts: Facts) -> Decided[Followup]:
    """What becomes of a visit."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, PlanFollowup):
        return _plan(command, facts)
    assert state is not None
    about = {"case_ref": state.case_ref, "followup_ref": facts.followup_ref, "kind": state.kind}
    match command:
        case RecordVisit():
            return _done(state, command, facts)
        case MissVisit():
            return _missed(state, command, facts)
        case CorrectFollowup():
            return _correct(state, command, facts)
        case CancelFollowup():
            cancelled = told.FollowupCancelled.model_validate(about | {"reason": command.reason})
            return Decided(state.but(status=Status.CANCELLED), (cancelled,))
        case VoidFollowup():
            voided = told.FollowupVoided.model_validate(about | {"reason": command.reason})
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _since_home(day: date, facts: Facts) -> None:
    """Nobody is visited before they came home; where that is not known, not before their case was opened."""
    if facts.case_opened_on is not None and day < facts.case_opened_on:
        raise Refused("before_case_opened")
    if facts.home_on is not None and day < facts.home_on:
        raise Refused("before_the_home_coming")


def _plan(command: PlanFollowup, facts: Facts) -> Decided[Followup]:
    opens, closes = command.opens_on or command.due_on, command.closes_on or command.due_on
    if not opens <= command.due_on <= closes:
        raise Refused("window_without_the_day")
    if not facts.plan_open:
        raise Refused("plan_not_open")
    _since_home(command.due_on, facts)
    planned = Followup(
        case_ref=command.case_ref,
        status=Status.PLANNED,
        kind=command.kind,
        due_on=command.due_on,
        opens_on=opens,
        closes_on=closes,
    )
    event = told.FollowupPlanned(
        case_ref=command.case_ref, followup_ref=facts.followup_ref, kind=command.kind, due_on=command.due_on
    )
    return Decided(planned, (event,))


def _done(state: Followup, command: RecordVisit, facts: Facts) -> Decided[Followup]:
    if command.service not in VISITS:
        raise Refused("not_a_visit")
    _since_home(facts.day, facts)
    findings = tuple(sorted(set(command.findings)))
    event = told.FollowupDone(
        case_ref=state.case_ref,
        followup_ref=facts.followup_ref,
        kind=state.kind,
        service=command.service,
        findings=findings,
        day=facts.day,
    )
    done = state.but(status=Status.DONE, service=command.service, findings=findings, visited_on=facts.day)
    return Decided(done, (event,))


def _missed(state: Followup, command: MissVisit, facts: Facts) -> Decided[Followup]:
    _since_home(facts.day, facts)
    in_a_row = facts.missed_before + 1
    event = told.FollowupMissed(
        case_ref=state.case_ref,
        followup_ref=facts.followup_ref,
        kind=state.kind,
        reason=command.reason,
        in_a_row=in_a_row,
        day=facts.day,
    )
    return Decided(state.but(status=Status.MISSED, reason=command.reason, in_a_row=in_a_row), (event,))


def _correct(state: Followup, command: CorrectFollowup, facts: Facts) -> Decided[Followup]:
    """A visit moved to another day keeps the width of its window. Only a visit that was made has findings."""
    said = command.applied_to(state)
    findings = tuple(sorted(set(said.findings)))
    if findings and state.status is not Status.DONE:
        raise Refused("nothing_was_found_yet")
    moved = said.due_on - state.due_on
    corrected = said.but(opens_on=state.opens_on + moved, closes_on=state.closes_on + moved, findings=findings)
    if corrected == state:
        return Decided(state)
    if moved:
        _since_home(said.due_on, facts)
    event = told.FollowupCorrected(
        case_ref=state.case_ref,
        followup_ref=facts.followup_ref,
        kind=state.kind,
        due_on=corrected.due_on,
        findings=findings,
    )
    return Decided(corrected, (event,))
