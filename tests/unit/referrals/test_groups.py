"""The rules of groups and of who belongs to them."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.referrals.groups import commands as groups
from services.referrals.groups import domain as group_rules
from services.referrals.groups import state as group_state
from services.referrals.groups.state import Group
from services.referrals.memberships import commands as members
from services.referrals.memberships import domain as member_rules
from services.referrals.memberships import state as member_state
from services.referrals.memberships.state import Membership
from shared.contracts import referrals as told
from shared.contracts.referrals import GroupKind, Member
from shared.errors import Refused
from shared.testing import ref

DAY = date(2015, 11, 20)
HELD: dict[str, Any] = {"kind": GroupKind.SELF_HELP_GROUP, "service": "SHG-JOIN", "name": "Rice"}
GROUP_FACTS = group_state.Facts(group_ref=ref("group"), organisation_ref=ref("house"), day=DAY)
GROUP = Group(status=group_state.Status.ACTIVE, organisation_ref=ref("house"), formed_on=DAY, **HELD)
FACTS = member_state.Facts(membership_ref=ref("m"), day=DAY, service="SHG-JOIN", household_ref=ref("household"))
JOIN = members.JoinGroup(case_ref=ref("case"), group_ref=ref("group"), member=Member.HOUSEHOLD)


def joined(member: Member = Member.HOUSEHOLD) -> Membership:
    return member_rules.decide(None, JOIN.but(member=member), FACTS).state


def test_a_group_is_formed_once() -> None:
    formed = group_rules.decide(None, groups.FormGroup(**HELD), GROUP_FACTS)
    assert formed.state == GROUP
    assert [type(event) for event in formed.events] == [told.GroupFormed]
    with pytest.raises(Refused, match="not_allowed_in_status"):
        group_rules.decide(GROUP, groups.FormGroup(**HELD), GROUP_FACTS)


@pytest.mark.parametrize("kind", list(GroupKind))
def test_a_group_offers_what_its_kind_offers(kind: GroupKind) -> None:
    for service in group_rules.SERVICES[kind]:
        assert group_rules.decide(None, groups.FormGroup(kind=kind, service=service, name="A"), GROUP_FACTS).events
    with pytest.raises(Refused, match="service_of_another_kind_of_group"):
        group_rules.decide(None, groups.FormGroup(kind=kind, service="EDU-ENROL", name="A"), GROUP_FACTS)


def test_a_meeting_counts_who_came() -> None:
    decided = group_rules.decide(GROUP, groups.HoldMeeting(memberships=(ref("a"), ref("b"))), GROUP_FACTS)
    assert decided.state.meetings == 1
    assert decided.events == (told.GroupHeld(group_ref=ref("group"), day=DAY, attended=2),)


@pytest.mark.parametrize(
    ("command", "formed_on", "code"),
    [
        (groups.HoldMeeting(), date(2015, 11, 21), "before_the_group_was_formed"),
        (groups.HoldMeeting(memberships=(ref("a"), ref("a"))), DAY, "member_listed_twice"),
    ],
)
def test_impossible_meetings_are_refused(command: Any, formed_on: date, code: str) -> None:
    with pytest.raises(Refused, match=code):
        group_rules.decide(GROUP.but(formed_on=formed_on), command, GROUP_FACTS)


def test_a_group_closes_and_is_corrected_and_voided() -> None:
    closed = group_rules.decide(GROUP, groups.CloseGroup(), GROUP_FACTS).state
    assert (closed.status, closed.closed_on) == (group_state.Status.CLOSED, DAY)
    with pytest.raises(Refused, match="not_allowed_in_status"):
        group_rules.decide(closed, groups.HoldMeeting(), GROUP_FACTS)
    same = groups.CorrectGroup(formed_on=DAY, **HELD)
    assert group_rules.decide(closed, same, GROUP_FACTS).events == ()
    corrected = group_rules.decide(closed, same.but(service="RICE-BANK"), GROUP_FACTS)
    assert [type(event) for event in corrected.events] == [told.GroupCorrected]
    voided = group_rules.decide(closed, groups.VoidGroup(reason="PRACTICE"), GROUP_FACTS)
    assert voided.state.status is group_state.Status.VOIDED


def test_a_household_joins_once() -> None:
    first = member_rules.decide(None, JOIN, FACTS)
    assert first.state.household_ref == ref("household")
    assert [type(event) for event in first.events] == [told.MembershipJoined]
    with pytest.raises(Refused, match="not_allowed_in_status"):
        member_rules.decide(first.state, JOIN, FACTS)
    assert joined(Member.PERSON).household_ref is None


@pytest.mark.parametrize(
    ("around", "code"),
    [
        ({"household_ref": None}, "household_unknown"),
        ({"group_active": False}, "group_not_active"),
        ({"already_member": True}, "already_a_member"),
        ({"entitled": False}, "entitlement_missing"),
        ({"forbidden_by": "NO_FAMILY_CONTACT"}, "handling_forbids"),
    ],
)
def test_not_everybody_may_join(around: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        member_rules.decide(None, JOIN, member_state.Facts(**{**vars(FACTS), **around}))


def test_the_last_day_of_attendance_is_the_latest_one() -> None:
    state = joined()
    for day in (date(2015, 12, 20), date(2015, 11, 25)):
        state = member_rules.decide(
            state, members.AttendMeeting(), member_state.Facts(**{**vars(FACTS), "day": day})
        ).state
    assert (state.attended, state.last_attended_on) == (2, date(2015, 12, 20))


@pytest.mark.parametrize("command", [members.AttendMeeting(), members.LeaveGroup(reason="MOVED")])
def test_nothing_happens_before_joining(command: Any) -> None:
    early = member_state.Facts(**{**vars(FACTS), "day": date(2015, 11, 19)})
    with pytest.raises(Refused, match="before_the_member_joined"):
        member_rules.decide(joined(), command, early)


def test_a_membership_ends_and_is_corrected_and_voided() -> None:
    left = member_rules.decide(joined(), members.LeaveGroup(reason="OWN_WISH"), FACTS)
    assert (left.state.status, left.state.reason) == (member_state.Status.LEFT, "OWN_WISH")
    assert [type(event) for event in left.events] == [told.MembershipLeft]
    same = members.CorrectMembership(member=Member.HOUSEHOLD, joined_on=DAY)
    assert member_rules.decide(left.state, same, FACTS).events == ()
    corrected = member_rules.decide(joined(), same.but(member=Member.PERSON), FACTS)
    assert [type(event) for event in corrected.events] == [told.MembershipCorrected]
    with pytest.raises(Refused, match="left_before_joining"):
        member_rules.decide(left.state, same.but(joined_on=date(2015, 11, 21)), FACTS)
    came = member_rules.decide(joined(), members.AttendMeeting(), FACTS).state
    earlier = same.but(joined_on=DAY - timedelta(days=1))
    assert member_rules.decide(came, earlier, FACTS).state.joined_on == earlier.joined_on
    voided = member_rules.decide(left.state, members.VoidMembership(reason="DUPLICATE"), FACTS)
    assert voided.state.status is member_state.Status.VOIDED
