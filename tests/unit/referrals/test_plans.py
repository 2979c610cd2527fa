"""The rules of plans and goals: who must agree, and when a plan may be closed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.referrals.goals import commands as goals
from services.referrals.goals import domain as goal_rules
from services.referrals.goals.state import Facts as GoalFacts
from services.referrals.goals.state import Goal, Responsible
from services.referrals.plans import commands as ask
from services.referrals.plans.closure import Criterion, OpenWork, unmet
from services.referrals.plans.domain import decide
from services.referrals.plans.state import Facts, Plan, Signature, Status, Transfer, Worker
from shared.contracts import referrals as told
from shared.contracts.referrals import GoalResult, Signatory, SignatureKind
from shared.errors import Refused
from shared.testing import ref

HOME = date(2015, 11, 10)
DONE = OpenWork(
    goals=(GoalResult.MET, GoalResult.NO_LONGER_WANTED),
    visits=(frozenset(), frozenset({"SAFE_AT_HOME"}), frozenset({"SAFE_AT_HOME", "IN_SCHOOL"})),
    reintegrated_on=HOME,
)
FACTS = Facts(plan_ref=ref("plan"), day=date(2017, 11, 10), work=DONE)
OPEN = ask.OpenPlan(case_ref=ref("case"))
PLAN = Plan(case_ref=ref("case"), status=Status.OPENED, opened_on=date(2015, 11, 4))
CLOSE = ask.ClosePlan(reason="GOALS_MET", person_agrees=True)


def signed(*parties: Signatory, person: str | None = None) -> ask.AgreePlan:
    return ask.AgreePlan(
        signatures=tuple(
            Signature(
                party=party,
                kind=SignatureKind.THUMBPRINT,
                person_ref=person if party is Signatory.CAREGIVER else None,
            )
            for party in parties
        )
    )


def types(events: tuple[object, ...]) -> list[type]:
    return [type(event) for event in events]


def test_a_plan_that_the_case_opens_has_nobody_yet() -> None:
    opened = decide(None, OPEN, FACTS)
    assert opened.state.workers == ()
    assert types(opened.events) == [told.PlanOpened]


def test_who_opens_a_plan_works_on_it() -> None:
    worker = Worker(staff_ref=ref("worker"), organisation_ref=ref("house"))
    opened = decide(None, OPEN, replace(FACTS, by=worker))
    assert opened.state.workers == (worker,)
    assert types(opened.events) == [told.PlanOpened, told.PlanAssigned]


@pytest.mark.parametrize(
    ("state", "other", "code"),
    [
        (None, True, "plan_known"),
        (PLAN, False, "not_allowed_in_status"),
        (PLAN.but(status=Status.VOIDED), False, "not_allowed_in_status"),
    ],
)
def test_a_case_has_one_plan(state: Plan | None, other: bool, code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(state, OPEN, replace(FACTS, other_plan=other))


def test_staff_are_assigned_and_released_once() -> None:
    somebody: dict[str, Any] = {"staff_ref": ref("worker"), "organisation_ref": ref("house")}
    assigned = decide(PLAN, ask.AssignPlan(**somebody), FACTS)
    assert types(assigned.events) == [told.PlanAssigned]
    assert decide(assigned.state, ask.AssignPlan(**somebody), FACTS).events == ()
    released = decide(assigned.state, ask.ReleasePlan(**somebody), FACTS)
    assert types(released.events) == [told.PlanReleased]
    assert decide(released.state, ask.ReleasePlan(**somebody), FACTS).events == ()


@pytest.mark.parametrize(
    ("child", "implicated", "parties", "missing"),
    [
        (False, False, [Signatory.PERSON, Signatory.SUPERVISOR], None),
        (False, False, [Signatory.SUPERVISOR], "PERSON"),
        (True, False, [Signatory.CAREGIVER, Signatory.SUPERVISOR, Signatory.SOCIAL_AFFAIRS], None),
        (True, False, [Signatory.SUPERVISOR, Signatory.SOCIAL_AFFAIRS], "CAREGIVER"),
        (True, True, [Signatory.SUPERVISOR, Signatory.SOCIAL_AFFAIRS], None),
        (True, True, [Signatory.SUPERVISOR], "SOCIAL_AFFAIRS"),
    ],
)
def test_those_who_must_agree(child: bool, implicated: bool, parties: list[Signatory], missing: str | None) -> None:
    facts = replace(FACTS, child=child, implicated=frozenset({ref("father")} if implicated else ()))
    if missing is None:
        assert decide(PLAN, signed(*parties), facts).state.status is Status.AGREED
        return
    with pytest.raises(Refused) as refused:
        decide(PLAN, signed(*parties), facts)
    assert refused.value.details == {"missing": [missing]}


@pytest.mark.parametrize(("person", "refused"), [("father", True), (None, True), ("aunt", False)])
def test_h12_a_caregiver_signs_only_when_known_not_to_be_implicated(person: str | None, refused: bool) -> None:
    facts = replace(FACTS, implicated=frozenset({ref("father")}))
    command = signed(Signatory.CAREGIVER, Signatory.SUPERVISOR, Signatory.SOCIAL_AFFAIRS, person=person and ref(person))
    if not refused:
        assert decide(PLAN, command, facts).events
        return
    with pytest.raises(Refused, match="caregiver_may_not_sign"):
        decide(PLAN, command, facts)


def test_an_agreement_signed_anew_does_not_stop_work_that_has_begun() -> None:
    command = signed(Signatory.PERSON, Signatory.SUPERVISOR)
    adult = replace(FACTS, child=False)
    agreed = decide(PLAN, command, adult)
    assert decide(agreed.state, command, adult).events == ()
    active = decide(agreed.state, ask.BeginPlan(), adult)
    assert types(active.events) == [told.PlanBegun]
    again = decide(active.state, signed(Signatory.SUPERVISOR, Signatory.PERSON), adult)
    assert (again.state.status, types(again.events)) == (Status.ACTIVE, [told.PlanAgreed])


def test_there_is_nothing_to_agree_to_without_a_goal() -> None:
    with pytest.raises(Refused, match="plan_has_no_goal"):
        decide(PLAN, signed(Signatory.PERSON), replace(FACTS, work=OpenWork()))


@pytest.mark.parametrize("still", [{"open_referrals": 1}, {"planned_followups": 2}, {"protection_open": True}])
def test_closure_is_refused_while_work_is_open_even_to_a_supervisor(still: dict[str, Any]) -> None:
    facts = replace(FACTS, work=replace(DONE, **still), supervisor=True)
    with pytest.raises(Refused, match="work_is_open"):
        decide(PLAN, CLOSE.but(override="OTHER"), facts)


@pytest.mark.parametrize(
    ("work", "child", "agrees", "day", "expected"),
    [
        ({}, True, True, date(2017, 11, 10), ()),
        ({}, True, True, date(2017, 11, 9), (Criterion.FOLLOWED_LONG_ENOUGH,)),
        ({}, False, True, date(2016, 11, 10), ()),
        ({}, False, True, date(2016, 11, 9), (Criterion.FOLLOWED_LONG_ENOUGH,)),
        ({"reintegrated_on": None}, False, True, date(2017, 11, 10), (Criterion.FOLLOWED_LONG_ENOUGH,)),
        ({"goals": (GoalResult.NOT_MET,)}, True, True, date(2018, 1, 1), (Criterion.GOALS_ENDED,)),
        ({"goals": (None,)}, True, True, date(2018, 1, 1), (Criterion.GOALS_ENDED,)),
        ({"visits": DONE.visits[:2]}, True, True, date(2018, 1, 1), (Criterion.SAFE_TWICE, Criterion.OCCUPIED)),
        ({"visits": DONE.visits[1:2]}, False, True, date(2018, 1, 1), (Criterion.SAFE_TWICE,)),
        ({"visits": ()}, True, False, date(2018, 1, 1), (Criterion.SAFE_TWICE, Criterion.OCCUPIED, Criterion.AGREES)),
    ],
)
def test_what_must_be_so_before_a_plan_is_closed(
    work: dict[str, Any], child: bool, agrees: bool, day: date, expected: tuple[Criterion, ...]
) -> None:
    assert unmet(replace(DONE, **work), child=child, agrees=agrees, day=day) == expected


@pytest.mark.parametrize(
    ("supervisor", "override", "closes"), [(True, "OTHER", True), (True, None, False), (False, "OTHER", False)]
)
def test_only_a_supervisor_with_a_reason_closes_before_the_time(
    supervisor: bool, override: str | None, closes: bool
) -> None:
    early = replace(FACTS, day=date(2016, 1, 1), supervisor=supervisor)
    command = CLOSE.but(override=override)
    if not closes:
        with pytest.raises(Refused, match="criteria_not_met"):
            decide(PLAN, command, early)
        return
    closed = decide(PLAN, command, early)
    assert closed.state.override == "OTHER"
    assert closed.events == (
        told.PlanClosed(
            case_ref=ref("case"), plan_ref=ref("plan"), reason="GOALS_MET", day=date(2016, 1, 1), overridden=True
        ),
    )


def test_an_override_that_was_not_needed_is_not_kept() -> None:
    assert decide(PLAN, CLOSE.but(override="OTHER"), replace(FACTS, supervisor=True)).state.override is None


def test_nobody_is_left_to_ask_about_the_dead() -> None:
    assert decide(PLAN, ask.ClosePlan(reason="DECEASED"), replace(FACTS, work=OpenWork())).state.status is Status.CLOSED


def test_money_that_ran_out_is_never_a_silent_end() -> None:
    command = CLOSE.but(reason="FUNDING_ENDED")
    with pytest.raises(Refused, match="transfer_not_tried"):
        decide(PLAN, command, replace(FACTS, supervisor=True))
    tried = Transfer(organisation_ref=ref("elsewhere"), tried_on=date(2017, 11, 1), accepted=False)
    assert decide(PLAN, command.but(transfers=(tried,)), FACTS).state.transfers == (tried,)


def test_a_closed_plan_is_opened_again_and_agreed_anew() -> None:
    closed = decide(PLAN, CLOSE, FACTS).state
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(closed, CLOSE, FACTS)
    opened = decide(closed, ask.ReopenPlan(reason="NEW_RISK"), FACTS)
    assert (opened.state.status, opened.state.reason, opened.state.signatures) == (Status.OPENED, None, ())
    assert types(opened.events) == [told.PlanReopened]


def test_a_plan_is_corrected_and_voided() -> None:
    assert decide(PLAN, ask.CorrectPlan(opened_on=PLAN.opened_on), FACTS).events == ()
    assert types(decide(PLAN, ask.CorrectPlan(opened_on=HOME), FACTS).events) == [told.PlanCorrected]
    assert decide(PLAN, ask.VoidPlan(reason="PRACTICE"), FACTS).state.status is Status.VOIDED


GOAL_FACTS = GoalFacts(goal_ref=ref("goal"), case_ref=ref("case"), day=HOME)
AIM: dict[str, Any] = {"domain": "EDUCATION", "responsible": Responsible.CASEWORKER, "due_on": HOME}
SET = goals.SetGoal(plan_ref=ref("plan"), service="EDU-ENROL", **AIM)


def set_goal() -> Goal:
    return goal_rules.decide(None, SET, GOAL_FACTS).state


def test_a_goal_is_set_once_and_only_in_an_open_plan() -> None:
    assert types(goal_rules.decide(None, SET, GOAL_FACTS).events) == [told.GoalSet]
    with pytest.raises(Refused, match="plan_not_open"):
        goal_rules.decide(None, SET, replace(GOAL_FACTS, plan_open=False))
    with pytest.raises(Refused, match="not_allowed_in_status"):
        goal_rules.decide(set_goal(), SET, GOAL_FACTS)


def test_a_goal_ends_and_may_end_otherwise() -> None:
    met = goal_rules.decide(set_goal(), goals.EndGoal(result=GoalResult.MET), GOAL_FACTS)
    assert types(met.events) == [told.GoalEnded]
    assert goal_rules.decide(met.state, goals.EndGoal(result=GoalResult.MET), GOAL_FACTS).events == ()
    assert goal_rules.decide(met.state, goals.EndGoal(result=GoalResult.NOT_MET), GOAL_FACTS).state.result == "NOT_MET"


@pytest.mark.parametrize(
    ("command", "facts"),
    [
        (goals.CorrectGoal(service="EDU-ENROL", **AIM), []),
        (goals.CorrectGoal(service="EDU-ENROL", note="wants to read", **AIM), [told.GoalCorrected]),
        (goals.CorrectGoal(service=None, **AIM), [told.GoalCorrected]),
        (goals.VoidGoal(reason="ENTERED_IN_ERROR"), [told.GoalVoided]),
    ],
)
def test_a_goal_is_corrected_and_voided(command: Any, facts: list[type]) -> None:
    assert types(goal_rules.decide(set_goal(), command, GOAL_FACTS).events) == facts
