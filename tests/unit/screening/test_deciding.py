"""The rules of deciding, where two people are needed and what a later word does to an earlier one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.screening.determinations import commands as ask
from services.screening.determinations import rules
from services.screening.determinations.bodies import AUTHORITIES, bodies_of
from services.screening.determinations.commands import DeterminationCommand
from services.screening.determinations.deciding import Facts, finding_after, governing, needs_second
from services.screening.determinations.domain import decide
from services.screening.determinations.state import Decider, Determination, Findings, Outcome, Status
from services.screening.interviews.state import Profile
from shared.codes import lookup
from shared.errors import Refused
from shared.testing import ref

DAY = date(2026, 11, 6)
DARA, VANNA, SOK, MEY = (
    Decider(staff_ref=ref(name), organisation_ref=ref("centre"), role=role)
    for name, role in (("dara", "DECIDER"), ("vanna", "SUPERVISOR"), ("sok", "INTERVIEWER"), ("mey", "INTERVIEWER"))
)
OPENS = rules.LATEST.entitlements[Profile.CHILD]
STATE = Determination(
    case_ref=ref("case"), interview_ref=ref("interview"), body="NGO", status=Status.SUGGESTED, ruleset="2026.1",
    suggested_on=DAY,
)  # fmt: skip


def facts(by: Decider = DARA, **known: object) -> Facts:
    given = {"ref": ref("determination"), "day": DAY, "by": by, "suggested": Outcome.VOT, "opens": OPENS}
    return Facts(**{**given, **known})  # type: ignore[arg-type]


def make(outcome: Outcome, words: str | None = None) -> ask.MakeDetermination:
    return ask.MakeDetermination(outcome=outcome, reason="OTHER", words=words)


def refusal(command: DeterminationCommand, known: Facts, state: Determination = STATE) -> str:
    with pytest.raises(Refused) as refused:
        decide(state, command, known)
    return refused.value.code


def proposed(by: Decider, outcome: Outcome, **known: object) -> tuple[Determination, Findings]:
    command, given = make(outcome, "Because."), facts(by, **known)
    return decide(STATE, command, given).state, finding_after(STATE, command, given)


def test_the_system_suggests_without_working_on_the_case() -> None:
    system = Decider(staff_ref="0" * 32, organisation_ref="0" * 32, role="SYSTEM")
    asked = ask.SuggestDetermination(case_ref=STATE.case_ref, interview_ref=STATE.interview_ref)
    decided = decide(None, asked, facts(system, ruleset="2026.1"))
    assert [type(event).__name__ for event in decided.events] == ["DeterminationSuggested"]


def test_h9_raising_needs_one_person_with_words() -> None:
    raised = facts(suggested=Outcome.CHILD_AT_RISK)
    assert refusal(make(Outcome.VOT), raised) == "reason_needed"
    assert decide(STATE, make(Outcome.VOT, "Seen at work."), raised).state.status is Status.DETERMINED


@pytest.mark.parametrize(
    ("outcome", "by", "known", "two"),
    [
        (Outcome.VOT, DARA, {}, False),
        (Outcome.VOT_PRESUMED, DARA, {}, False),
        (Outcome.INCONCLUSIVE, DARA, {}, True),
        (Outcome.CHILD_AT_RISK, DARA, {}, True),
        (Outcome.CHILD_AT_RISK, DARA, {"suggested": Outcome.CHILD_AT_RISK}, False),
        (Outcome.NOT_A_VICTIM, DARA, {"child": False}, False),
        (Outcome.VOT, SOK, {"interviewers": frozenset({SOK.staff_ref})}, True),
        (Outcome.VOT, SOK, {"interviewers": frozenset({SOK.staff_ref}), "child": False}, True),
        (Outcome.VOT, DARA, {"flags": ("VULNERABILITY_MEANS_REVIEW",), "child": False}, True),
    ],
)
def test_when_it_takes_two(outcome: Outcome, by: Decider, known: dict[str, object], two: bool) -> None:
    assert needs_second(outcome, facts(by, **known)) is two


def test_a_child_once_found_a_victim_is_not_lowered_by_one_after_a_new_suggestion() -> None:
    first = finding_after(STATE, make(Outcome.VOT), facts())
    later = facts(suggested=Outcome.CHILD_AT_RISK, findings=first)
    assert needs_second(Outcome.CHILD_AT_RISK, later)


def test_two_interviewers_are_not_enough_for_a_child() -> None:
    both = frozenset({SOK.staff_ref, MEY.staff_ref})
    state, findings = proposed(SOK, Outcome.VOT, interviewers=both)
    second = facts(MEY, findings=findings, interviewers=both)
    assert refusal(ask.ConfirmDetermination(), second, state) == "interviewers_alone"
    assert decide(state, ask.ConfirmDetermination(), facts(VANNA, findings=findings, interviewers=both)).events


def test_a_rejected_finding_stays_on_record() -> None:
    state, findings = proposed(DARA, Outcome.NOT_A_VICTIM)
    no = ask.RejectDetermination(words="She was eleven.")
    kept = finding_after(state, no, facts(VANNA, findings=findings))
    assert kept.proposed is None
    assert [finding.words for finding in kept.rejected] == [("Because.", "She was eleven.")]


def test_a_new_suggestion_sets_a_proposal_aside() -> None:
    state, findings = proposed(DARA, Outcome.NOT_A_VICTIM)
    known = facts(findings=findings, ruleset="2026.1")
    assert decide(state, ask.ReassessDetermination(), known).state.proposed_by is None
    assert finding_after(state, ask.ReassessDetermination(), known).proposed is None
    assert decide(STATE, ask.ReassessDetermination(), facts(changed=False)).events == ()


def test_a_command_that_finds_nothing_leaves_the_findings() -> None:
    findings = finding_after(STATE, make(Outcome.VOT), facts())
    assert finding_after(STATE, ask.ReviewDetermination(reason="COMPLAINT"), facts(findings=findings)) == findings


def test_taking_part_twice_is_once() -> None:
    assign = ask.AssignDetermination(staff_ref=VANNA.staff_ref, organisation_ref=VANNA.organisation_ref)
    once = decide(STATE, assign, facts()).state
    assert decide(once, assign, facts()).events == ()


def test_a_review_opened_twice_is_open_once_and_ends_amended() -> None:
    under = STATE.but(status=Status.UNDER_REVIEW)
    assert decide(under, ask.ReviewDetermination(reason="COMPLAINT"), facts()).events == ()
    amend = ask.AmendDetermination(outcome=Outcome.VOT, reason="OTHER")
    assert decide(under, amend, facts()).state.status is Status.AMENDED


def test_a_day_corrected_to_itself_tells_nothing() -> None:
    done = STATE.but(status=Status.DETERMINED, decided_on=DAY)
    assert decide(done, ask.CorrectDetermination(decided_on=DAY), facts()).events == ()


def test_voiding_leaves_what_others_found() -> None:
    void = ask.VoidDetermination(reason="DUPLICATE")
    alone, beside = (decide(STATE, void, facts(others=others)).events[-1] for others in ((), (Outcome.VOT,)))
    assert alone.model_dump()["entitlements"] == ()
    assert beside.model_dump()["entitlements"] == OPENS[Outcome.VOT]


def test_the_most_protective_governs() -> None:
    assert governing((Outcome.NOT_A_VICTIM, Outcome.INCONCLUSIVE, Outcome.EXPLOITED_MIGRANT)) is Outcome.INCONCLUSIVE
    assert governing(()) is None


def test_no_finding_before_the_interview_ended() -> None:
    suggest = ask.SuggestDetermination(case_ref=STATE.case_ref, interview_ref=STATE.interview_ref)
    unended = facts(interview_ended=DAY + timedelta(days=1), ruleset="2026.1")
    with pytest.raises(Refused, match="before_interview_ended"):
        decide(None, suggest, unended)
    assert refusal(ask.ReassessDetermination(), unended) == "before_interview_ended"
    assert refusal(make(Outcome.VOT), unended) == "before_interview_ended"
    assert decide(STATE, ask.ReassessDetermination(), replace(unended, heard=True)).state.assessment == 2
    done = STATE.but(status=Status.DETERMINED, decided_on=DAY)
    correct = ask.CorrectDetermination(decided_on=DAY - timedelta(days=1))
    assert refusal(correct, facts(interview_ended=DAY), done) == "before_interview_ended"


def test_the_acts_of_deciding_follow_one_another() -> None:
    early = DAY - timedelta(days=1)
    assert refusal(make(Outcome.VOT), facts(day=early)) == "day_out_of_order"
    state, findings = proposed(DARA, Outcome.NOT_A_VICTIM)
    second = facts(VANNA, findings=findings, day=early)
    assert refusal(ask.ConfirmDetermination(), second, state) == "day_out_of_order"
    assert refusal(ask.RejectDetermination(words="No."), second, state) == "day_out_of_order"
    done = STATE.but(status=Status.DETERMINED, decided_on=DAY + timedelta(days=2))
    review = ask.ReviewDetermination(reason="COMPLAINT")
    assert refusal(review, facts(day=DAY), done) == "day_out_of_order"
    under = decide(done, review, facts(day=DAY + timedelta(days=3))).state
    amend = ask.AmendDetermination(outcome=Outcome.VOT, reason="OTHER")
    assert refusal(amend, facts(day=DAY + timedelta(days=2)), under) == "day_out_of_order"
    amended = decide(under, amend, facts(day=DAY + timedelta(days=4))).state
    correct = ask.CorrectDetermination(decided_on=DAY + timedelta(days=2))
    assert refusal(correct, facts(day=DAY + timedelta(days=5)), amended) == "day_out_of_order"


def test_every_kind_of_organisation_speaks_for_bodies_that_there_are() -> None:
    assert all(kind in lookup("organisation_kind") for kind in AUTHORITIES)
    for kind in (None, *lookup("organisation_kind").codes):
        assert all(body in lookup("deciding_body") for body in bodies_of(kind))
        assert ("NGO" in bodies_of(kind)) is (kind not in AUTHORITIES)
