"""The rules of groups and of who belongs to them."""

from datetime import date
from typing import Any

import pytest

from services.referrals.groups import domain as groups
from services.referrals.groups.domain import Group
from services.referrals.memberships import domain as members
from services.referrals.memberships.domain import Membership
from shared.contracts import referrals as told
from shared.contracts.referrals import GroupKind, Member
from shared.errors import Refused
from shared.model import Command
from shared.testing import ref

DAY = date(2015, 11, 20)
HELD: dict[str, Any] = {"kind": GroupKind.SELF_HELP_GROUP, "service": "SHG-JOIN", "name": "Rice"}
GROUP_FACTS = groups.Facts(group_ref=ref("group"), organisation_ref=ref("house"), day=DAY)
GROUP = Group(status=groups.Status.ACTIVE, organisation_ref=ref("house"), formed_on=DAY, **HELD)
FACTS = members.Facts(membership_ref=ref("m"), day=DAY, service="SHG-JOIN", household_ref=ref("household"))
JOIN = members.JoinGroup(case_ref=ref("case"), group_ref=ref("group"), member=Member.HOUSEHOLD)


def joined(member: Member = Member.HOUSEHOLD) -> Membership:
    return members.decide(None, JOIN.but(member=member), FACTS).state


def test_a_group_is_formed_once() -> None:
    formed = groups.decide(None, groups.FormGroup(**HELD), GROUP_FACTS)
    assert formed.state == GROUP
    assert [type(event) for event in formed.events] == [told.GroupFormed]
    assert groups.decide(GROUP, groups.FormGroup(**HELD), GROUP_FACTS).events == ()
    with pytest.raises(Refused, match="not_allowed_in_status"):
        groups.decide(GROUP.but(name="Other"), groups.FormGroup(**HELD), GROUP_FACTS)


@pytest.mark.parametrize("kind", list(GroupKind))
def test_a_group_offers_what_its_kind_offers(kind: GroupKind) -> None:
    for service in groups.SERVICES[kind]:
        assert groups.decide(None, groups.FormGroup(kind=kind, service=service, name="A"), GROUP_FACTS).events
    with pytest.raises(Refused, match="service_of_another_kind_of_group"):
        groups.decide(None, groups.FormGroup(kind=kind, service="EDU-ENROL", name="A"), GROUP_FACTS)


def test_a_meeting_counts_who_came() -> None:
    decided = groups.decide(GROUP, groups.HoldMeeting(memberships=(ref("a"), ref("b"))), GROUP_FACTS)
    assert decided.state.meetings == 1
    assert decided.events == (told.GroupHeld(group_ref=ref("group"), day=DAY, attended=2),)


@pytest.mark.parametrize(
    ("command", "formed_on", "code"),
    [
        (groups.HoldMeeting(), date(2015, 11, 21), "before_the_group_was_formed"),
        (groups.HoldMeeting(memberships=(ref("a"), ref("a"))), DAY, "member_listed_twice"),
    ],
)
def test_impossible_meetings_are_refused(command: Command, formed_on: date, code: str) -> None:
    with pytest.raises(Refused, match=code):
        groups.decide(GROUP.but(formed_on=formed_on), command, GROUP_FACTS)


def test_a_group_closes_and_is_corrected_and_voided() -> None:
    closed = groups.decide(GROUP, groups.CloseGroup(), GROUP_FACTS).state
    assert (closed.status, closed.closed_on) == (groups.Status.CLOSED, DAY)
    with pytest.raises(Refused, match="not_allowed_in_status"):
        groups.decide(closed, groups.HoldMeeting(), GROUP_FACTS)
    same = groups.CorrectGroup(formed_on=DAY, **HELD)
    assert groups.decide(closed, same, GROUP_FACTS).events == ()
    corrected = groups.decide(closed, same.but(service="RICE-BANK"), GROUP_FACTS)
    assert [type(event) for event in corrected.events] == [told.GroupCorrected]
    voided = groups.decide(closed, groups.VoidGroup(reason="PRACTICE"), GROUP_FACTS)
    assert voided.state.status is groups.Status.VOIDED


def test_a_household_joins_once() -> None:
    first = members.decide(None, JOIN, FACTS)
    assert first.state.household_ref == ref("household")
    assert [type(event) for event in first.events] == [told.MembershipJoined]
    assert members.decide(first.state, JOIN, FACTS).events == ()
    with pytest.raises(Refused, match="not_allowed_in_status"):
        members.decide(first.state.but(attended=1), JOIN, FACTS)
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
        members.decide(None, JOIN, members.Facts(**{**vars(FACTS), **around}))


def test_the_last_day_of_attendance_is_the_latest_one() -> None:
    state = joined()
    for day in (date(2015, 12, 20), date(2015, 11, 25)):
        state = members.decide(state, members.AttendMeeting(), members.Facts(**{**vars(FACTS), "day": day})).state
    assert (state.attended, state.last_attended_on) == (2, date(2015, 12, 20))


@pytest.mark.parametrize("command", [members.AttendMeeting(), members.LeaveGroup(reason="MOVED")])
def test_nothing_happens_before_joining(command: Command) -> None:
    early = members.Facts(**{**vars(FACTS), "day": date(2015, 11, 19)})
    with pytest.raises(Refused, match="before_the_member_joined"):
        members.decide(joined(), command, early)


def test_a_membership_ends_and_is_corrected_and_voided() -> None:
    left = members.decide(joined(), members.LeaveGroup(reason="OWN_WISH"), FACTS)
    assert (left.state.status, left.state.reason) == (members.Status.LEFT, "OWN_WISH")
    assert [type(event) for event in left.events] == [told.MembershipLeft]
    same = members.CorrectMembership(member=Member.HOUSEHOLD, joined_on=DAY)
    assert members.decide(left.state, same, FACTS).events == ()
    corrected = members.decide(joined(), same.but(member=Member.PERSON), FACTS)
    assert [type(event) for event in corrected.events] == [told.MembershipCorrected]
    with pytest.raises(Refused, match="left_before_joining"):
        members.decide(left.state, same.but(joined_on=date(2015, 11, 21)), FACTS)
    voided = members.decide(left.state, members.VoidMembership(reason="DUPLICATE"), FACTS)
    assert voided.state.status is members.Status.VOIDED
