"""Each act has its earliest day: what it follows from was there before."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.referrals.followups import commands as visits
from services.referrals.followups.domain import decide as visit
from services.referrals.followups.state import Facts as VisitFacts
from services.referrals.goals import commands as goals
from services.referrals.goals.domain import decide as goal
from services.referrals.goals.state import Facts as GoalFacts
from services.referrals.goals.state import Responsible
from services.referrals.groups import commands as groups
from services.referrals.groups.domain import decide as group
from services.referrals.groups.state import Facts as GroupFacts
from services.referrals.memberships import commands as members
from services.referrals.memberships.domain import decide as member
from services.referrals.memberships.state import Facts as MemberFacts
from services.referrals.plans import commands as plans
from services.referrals.plans.closure import OpenWork
from services.referrals.plans.domain import decide as plan
from services.referrals.plans.state import Facts as PlanFacts
from services.referrals.plans.state import Signature, Worker
from services.referrals.plans.state import Status as PlanStatus
from services.referrals.service_referrals import commands as requests
from services.referrals.service_referrals.domain import decide as request
from services.referrals.service_referrals.gates import Gate
from services.referrals.service_referrals.state import Facts as RequestFacts
from services.referrals.service_referrals.state import Status as RequestStatus
from shared.contracts.referrals import Acknowledgement, GoalResult, GroupKind, Member, Signatory, SignatureKind
from shared.errors import Refused
from shared.testing import ref

DAY = date(2015, 11, 10)
EVE = DAY - timedelta(days=1)
LATER = DAY + timedelta(days=1)

ME = Worker(staff_ref=ref("worker"), organisation_ref=ref("house"))
PLAN_FACTS = PlanFacts(plan_ref=ref("plan"), day=DAY, by=ME, child=False, work=OpenWork(goals=(GoalResult.MET,)))
OPENED = plan(None, plans.OpenPlan(case_ref=ref("case")), PLAN_FACTS).state
BOTH = (Signatory.PERSON, Signatory.SUPERVISOR)
AGREE = plans.AgreePlan(signatures=tuple(Signature(party=one, kind=SignatureKind.WRITTEN) for one in BOTH))
AGREED = plan(OPENED, AGREE, PLAN_FACTS).state
DECEASED = plans.ClosePlan(reason="DECEASED")
CLOSED = OPENED.but(status=PlanStatus.CLOSED, closed_on=LATER)
VISITED = OpenWork(last_visit_on=LATER)

GOAL_FACTS = GoalFacts(goal_ref=ref("goal"), case_ref=ref("case"), day=DAY, plan_opened_on=DAY)
SET = goals.SetGoal(plan_ref=ref("plan"), domain="HEALTH", responsible=Responsible.PERSON, due_on=LATER)
GOAL = goal(None, SET, GOAL_FACTS).state

GROUP_FACTS = GroupFacts(group_ref=ref("group"), organisation_ref=ref("house"), day=DAY)
FORM = groups.FormGroup(kind=GroupKind.SELF_HELP_GROUP, service="SHG-JOIN", name="Rice")
GROUP = group(None, FORM, GROUP_FACTS).state

MEMBER_FACTS = MemberFacts(
    membership_ref=ref("m"), day=DAY, service="SHG-JOIN", group_formed_on=DAY, case_opened_on=DAY
)
JOIN = members.JoinGroup(case_ref=ref("case"), group_ref=ref("group"), member=Member.PERSON)
JOINED = member(None, JOIN, MEMBER_FACTS).state
CAME = JOINED.but(last_attended_on=LATER)

VISIT_FACTS = VisitFacts(followup_ref=ref("visit"), day=DAY, case_opened_on=EVE, home_on=DAY)
PLANNED = visit(None, visits.PlanFollowup(case_ref=ref("case"), due_on=DAY), VISIT_FACTS).state
AWAY = replace(VISIT_FACTS, case_opened_on=DAY, home_on=None)

REQUEST_FACTS = RequestFacts(
    service_referral_ref=ref("request"),
    day=DAY,
    today=LATER,
    organisation_ref=ref("house"),
    case_opened_on=DAY,
    gate=Gate(share_consent=True),
    delivery_ref=ref("given"),
)
DRAFT = requests.DraftServiceReferral(case_ref=ref("case"), service="EDU-ENROL", organisation_ref=ref("school"))
DRAFTED = request(None, DRAFT, REQUEST_FACTS).state
SENT = request(DRAFTED, requests.SendServiceReferral(), replace(REQUEST_FACTS, day=DAY)).state
ACCEPTED = SENT.but(status=RequestStatus.ACCEPTED)
GIVEN = SENT.but(status=RequestStatus.IN_DELIVERY, last_delivered_on=LATER)
DELIVER = requests.DeliverService(quantity=1, unit="PIECE", acknowledgement=Acknowledgement.NONE)

TOO_EARLY: tuple[tuple[Any, Any, Any, Any, str], ...] = (
    (plan, None, plans.OpenPlan(case_ref=ref("case")), replace(PLAN_FACTS, case_opened_on=DAY), "before_case_opened"),
    (plan, OPENED, AGREE, PLAN_FACTS, "before_the_plan"),
    (plan, OPENED, DECEASED, PLAN_FACTS, "before_the_plan"),
    (plan, AGREED.but(opened_on=EVE), plans.BeginPlan(), PLAN_FACTS, "before_the_agreement"),
    (plan, AGREED.but(opened_on=EVE), DECEASED, PLAN_FACTS, "before_the_agreement"),
    (goal, None, SET, GOAL_FACTS, "before_the_plan"),
    (goal, GOAL, goals.EndGoal(result=GoalResult.MET), GOAL_FACTS, "before_the_plan"),
    (group, GROUP, groups.HoldMeeting(), GROUP_FACTS, "before_the_group_was_formed"),
    (group, GROUP, groups.CloseGroup(), GROUP_FACTS, "before_the_group_was_formed"),
    (member, None, JOIN, replace(MEMBER_FACTS, case_opened_on=EVE), "before_the_group_was_formed"),
    (member, None, JOIN, replace(MEMBER_FACTS, group_formed_on=EVE), "before_case_opened"),
    (member, JOINED, members.LeaveGroup(reason="MOVED"), MEMBER_FACTS, "before_the_member_joined"),
    (visit, PLANNED, visits.RecordVisit(service="MON-VISIT"), VISIT_FACTS, "before_the_home_coming"),
    (visit, PLANNED, visits.MissVisit(reason="STAFF"), VISIT_FACTS, "before_the_home_coming"),
    (visit, PLANNED, visits.RecordVisit(service="MON-VISIT"), AWAY, "before_case_opened"),
    (request, None, DRAFT, REQUEST_FACTS, "before_case_opened"),
    (request, DRAFTED, requests.SendServiceReferral(), REQUEST_FACTS, "before_the_request"),
    (request, DRAFTED, requests.RevokeServiceReferral(reason="OTHER"), REQUEST_FACTS, "before_the_request"),
    (request, SENT, requests.AcknowledgeServiceReferral(), REQUEST_FACTS, "before_the_request"),
    (request, SENT, requests.AcceptServiceReferral(), REQUEST_FACTS, "before_the_request"),
    (request, SENT, requests.RejectServiceReferral(reason="OTHER"), REQUEST_FACTS, "before_the_request"),
    (request, ACCEPTED, DELIVER, REQUEST_FACTS, "before_the_request"),
    (request, ACCEPTED, requests.EndServiceReferral(reason="MOVED"), REQUEST_FACTS, "before_the_request"),
)
"""Allowed on the day, and not on the eve of it."""


@pytest.mark.parametrize(("decide", "state", "command", "facts", "code"), TOO_EARLY)
def test_no_act_lies_before_what_it_follows(decide: Any, state: Any, command: Any, facts: Any, code: str) -> None:
    assert decide(state, command, replace(facts, day=DAY)).events
    with pytest.raises(Refused, match=code):
        decide(state, command, replace(facts, day=EVE))


@pytest.mark.parametrize(
    ("decide", "state", "command", "facts", "code"),
    [
        (plan, OPENED, DECEASED, replace(PLAN_FACTS, work=VISITED), "before_the_last_visit"),
        (plan, CLOSED, plans.ReopenPlan(reason="NEW_RISK"), PLAN_FACTS, "before_the_closure"),
        (group, GROUP, groups.CloseGroup(), replace(GROUP_FACTS, last_met_on=LATER), "before_the_last_meeting"),
        (member, CAME, members.LeaveGroup(reason="MOVED"), MEMBER_FACTS, "before_the_last_meeting"),
        (request, GIVEN, requests.CompleteServiceReferral(), REQUEST_FACTS, "before_the_last_delivery"),
        (request, GIVEN, requests.RevokeServiceReferral(reason="OTHER"), REQUEST_FACTS, "before_the_last_delivery"),
    ],
)
def test_nothing_ends_before_the_last_thing_that_was_done(
    decide: Any, state: Any, command: Any, facts: Any, code: str
) -> None:
    assert decide(state, command, replace(facts, day=LATER)).events
    with pytest.raises(Refused, match=code):
        decide(state, command, facts)


@pytest.mark.parametrize(
    ("decide", "state", "command", "facts", "code"),
    [
        (plan, OPENED, plans.CorrectPlan(opened_on=EVE), replace(PLAN_FACTS, case_opened_on=DAY), "before_case_opened"),
        (plan, AGREED, plans.CorrectPlan(opened_on=LATER), PLAN_FACTS, "before_the_plan"),
        (plan, CLOSED, plans.CorrectPlan(opened_on=LATER + timedelta(days=1)), PLAN_FACTS, "before_the_plan"),
        (
            group,
            GROUP,
            groups.CorrectGroup(formed_on=LATER),
            replace(GROUP_FACTS, first_met_on=DAY),
            "before_the_group_was_formed",
        ),
        (member, JOINED, members.CorrectMembership(joined_on=EVE), MEMBER_FACTS, "before_the_group_was_formed"),
        (
            member,
            CAME,
            members.CorrectMembership(joined_on=LATER + timedelta(days=1)),
            MEMBER_FACTS,
            "before_the_member_joined",
        ),
        (visit, PLANNED, visits.CorrectFollowup(due_on=EVE), VISIT_FACTS, "before_the_home_coming"),
        (
            visit,
            None,
            visits.PlanFollowup(case_ref=ref("case"), due_on=EVE),
            VISIT_FACTS,
            "before_the_home_coming",
        ),
    ],
)
def test_a_day_that_is_written_obeys_the_same(decide: Any, state: Any, command: Any, facts: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(state, command, facts)


def test_a_case_that_opens_its_own_plan_does_so_on_its_own_day() -> None:
    by_itself = replace(PLAN_FACTS, by=None, case_opened_on=LATER)
    assert plan(None, plans.OpenPlan(case_ref=ref("case")), by_itself).state.opened_on == DAY
