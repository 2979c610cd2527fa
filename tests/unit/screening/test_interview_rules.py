"""The rules of an interview, command by command."""

from datetime import date

import pytest

from services.screening.interviews import commands as ask
from services.screening.interviews import domain
from services.screening.interviews.domain import Facts, decide
from services.screening.interviews.state import Interview, Room, Source, Status, Value
from shared.errors import Refused
from shared.model import Command
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


def refusal(state: Interview | None, command: Command, facts: Facts = READY) -> str:
    with pytest.raises(Refused) as refused:
        decide(state, command, facts)
    return refused.value.code


def test_opening_again_decides_nothing() -> None:
    command = ask.OpenInterview(case_ref=OPEN.case_ref)
    assert decide(OPEN, command, READY).events == ()
    assert decide(None, command, READY).state == OPEN


def test_another_lead_replaces_the_first() -> None:
    led = decide(OPEN, ASSIGN, READY).state
    assert decide(led, ASSIGN, READY).events == ()
    other = ask.AssignInterview(staff_ref=ref("mey"), organisation_ref=ref("centre"))
    kinds = [type(event).__name__ for event in decide(led, other, READY).events]
    assert kinds == ["InterviewReleased", "InterviewAssigned"]


def test_nobody_can_be_released_who_is_not_there() -> None:
    assert refusal(OPEN, ask.ReleaseInterview(reason="WORK_DONE")) == "nobody_assigned"


def test_an_adult_needs_no_support_person() -> None:
    adult = Facts(**{**vars(READY), "child": False})
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
    assert decide(done, ask.CorrectInterview(first_month="2026-08"), READY).events == ()


def test_nothing_follows_a_void() -> None:
    voided = decide(RUNNING, ask.VoidInterview(reason="PRACTICE"), READY).state
    assert domain.STATUSES.next(voided.status) == ()
    assert refusal(voided, ask.PauseInterview(reason="TIRED")) == "not_allowed_in_status"
