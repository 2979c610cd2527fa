"""The rules of an interview, command by command."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.screening.interviews import commands as ask
from services.screening.interviews.commands import STATUSES, InterviewCommand
from services.screening.interviews.domain import check_line, decide
from services.screening.interviews.state import Facts, Interview, Room, Source, Status, Value
from shared.errors import Refused
from shared.testing import ref

DAY = date(2026, 11, 5)
READY = Facts(
    ref=ref("interview"),
    day=DAY,
    organisation_ref=ref("centre"),
    urgent_needs_met=True,
    consent_held=True,
    form="2026.1",
)
OPEN = Interview(case_ref=ref("case"), organisation_ref=ref("centre"), status=Status.OPENED, opened=DAY)
RUNNING = OPEN.but(status=Status.IN_PROGRESS, sitting=1, answers=3, form="2026.1")
ASSIGN = ask.AssignInterview(staff_ref=ref("sok"), organisation_ref=ref("centre"))


def refusal(state: Interview | None, command: InterviewCommand, facts: Facts = READY) -> str:
    with pytest.raises(Refused) as refused:
        decide(state, command, facts)
    return refused.value.code


def test_an_interview_is_opened_once_and_not_before_the_case() -> None:
    command = ask.OpenInterview(case_ref=OPEN.case_ref)
    assert decide(None, command, READY).state == OPEN
    assert refusal(OPEN, command) == "not_allowed_in_status"
    early = replace(READY, case_opened=DAY + timedelta(days=1))
    assert refusal(None, command, early) == "before_case_opened"
    assert decide(None, command, replace(early, heard=True)).state == OPEN


def test_another_lead_replaces_the_first() -> None:
    led = decide(OPEN, ASSIGN, READY).state
    assert decide(led, ASSIGN, READY).events == ()
    other = ask.AssignInterview(staff_ref=ref("mey"), organisation_ref=ref("centre"))
    kinds = [type(event).__name__ for event in decide(led, other, READY).events]
    assert kinds == ["InterviewReleased", "InterviewAssigned"]


def test_nobody_can_be_released_who_is_not_there() -> None:
    assert refusal(OPEN, ask.ReleaseInterview(reason="WORK_DONE")) == "nobody_assigned"


def test_an_adult_needs_no_support_person() -> None:
    adult = replace(READY, child=False)
    start = ask.StartInterview(room=Room(language="km"))
    assert decide(OPEN, start, adult).state.form == "2026.1"
    assert refusal(OPEN, start) == "support_person_needed"


def test_nothing_new_tells_nothing() -> None:
    line = ask.AnswerLine(ref=ref("a"), question="BEGGED", value=Value.YES, source=Source.SELF)
    assert decide(RUNNING, ask.RecordAnswers(answers=(line,)), READY).events == ()


def test_a_stop_keeps_the_months_and_its_reason() -> None:
    stopped = decide(RUNNING, ask.StopInterview(reason="DISTRESS", first_month="2026-08"), READY)
    assert (stopped.state.status, stopped.state.first_month) == (Status.STOPPED, "2026-08")


@pytest.mark.parametrize(
    ("first", "last"), [("2026-12", None), (None, "2026-12"), ("2026-10", "2026-09"), ("2026-12", "2026-12")]
)
def test_months_are_in_order_and_not_to_come(first: str | None, last: str | None) -> None:
    assert refusal(RUNNING, ask.CompleteInterview(first_month=first, last_month=last)) == "months_out_of_order"


def test_refusing_twice_is_one_refusal() -> None:
    refused = decide(OPEN, ask.RefuseInterview(), READY).state
    assert decide(refused, ask.RefuseInterview(), READY).events == ()


def test_a_correction_of_nothing_tells_nothing() -> None:
    done = RUNNING.but(status=Status.COMPLETED, first_month="2026-08")
    assert decide(done, ask.CorrectInterview(reason="MISTYPED", first_month="2026-08"), READY).events == ()


def test_nothing_follows_a_void() -> None:
    voided = decide(RUNNING, ask.VoidInterview(reason="PRACTICE"), READY).state
    assert STATUSES.next(voided.status) == ()
    assert refusal(voided, ask.PauseInterview(reason="TIRED")) == "not_allowed_in_status"


ROOM = Room(language="km", present=("SUPPORT_PERSON",))


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (OPEN, ASSIGN),
        (OPEN, ask.StartInterview(room=ROOM)),
        (OPEN, ask.RefuseInterview()),
        (RUNNING, ask.PauseInterview(reason="TIRED")),
        (RUNNING, ask.CompleteInterview()),
        (RUNNING, ask.StopInterview(reason="DISTRESS")),
        (RUNNING.but(status=Status.PAUSED), ask.ResumeInterview(room=ROOM)),
        (OPEN.but(lead=ref("sok"), lead_organisation_ref=ref("centre")), ask.ReleaseInterview(reason="WORK_DONE")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_of_an_interview_happens_before_what_it_follows_on(state: Interview, command: InterviewCommand) -> None:
    assert decide(state, command, READY).events
    assert refusal(state, command, replace(READY, day=DAY - timedelta(days=1))) == "day_out_of_order"


def test_an_interview_does_not_end_before_its_last_answer() -> None:
    line = ask.AnswerLine(ref=ref("a"), question="BEGGED", value=Value.YES, source=Source.SELF)
    later = replace(READY, stored=1, last_said=DAY + timedelta(days=2))
    answered = decide(RUNNING, ask.RecordAnswers(answers=(line,)), later).state
    assert refusal(answered, ask.CompleteInterview()) == "day_out_of_order"
    assert decide(answered, ask.CompleteInterview(), replace(READY, day=DAY + timedelta(days=2))).events


def test_an_answer_is_given_after_the_interview_began() -> None:
    started = decide(OPEN, ask.StartInterview(room=ROOM), READY).state
    said = ask.AnswerLine(ref=ref("a"), question="BEGGED", value=Value.YES, source=Source.SELF)
    check_line(
        started, said.but(effective_at=datetime(2026, 11, 4, 17, tzinfo=UTC)), frozenset({"BEGGED"}), consent_held=True
    )
    with pytest.raises(Refused, match="before_interview_started"):
        check_line(
            started,
            said.but(effective_at=datetime(2026, 11, 4, 16, tzinfo=UTC)),
            frozenset({"BEGGED"}),
            consent_held=True,
        )


def test_months_told_in_an_interview_are_not_later_than_its_end() -> None:
    done = decide(RUNNING, ask.CompleteInterview(first_month="2026-08"), READY).state
    late = replace(READY, day=date(2027, 3, 1))
    assert refusal(done, ask.CorrectInterview(reason="MISTYPED", last_month="2026-12"), late) == "months_out_of_order"
    assert decide(done, ask.CorrectInterview(reason="MISTYPED", last_month="2026-11"), late).events
