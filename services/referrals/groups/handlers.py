"""What is done with groups. A meeting is one unit: the group's fact, and one fact for each member who came."""

from services.referrals.groups import domain as ask
from services.referrals.groups.domain import Facts, Group, Meeting, decide
from services.referrals.groups.tables import GroupRow, MeetingRow
from services.referrals.memberships import domain as members
from services.referrals.memberships.domain import Membership
from services.referrals.memberships.tables import MembershipRow
from shared.auth import Caller, authorise
from shared.errors import NotFound
from shared.ids import Ref
from shared.model import Command, Decided
from shared.reading import LineReceipt
from shared.writing.handling import handles
from shared.writing.unit import Unit

Receipts = tuple[LineReceipt, ...]


def _facts(unit: Unit, caller: Caller, ref: Ref) -> Facts:
    return Facts(group_ref=ref, organisation_ref=caller.organisation_ref, day=unit.effective_day)


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    authorise(unit, caller, action)
    unit.lock(f"group/{ref}")
    state, _ = unit.load(GroupRow, Group, ref)
    unit.save(GroupRow, ref, decide(state, command, _facts(unit, caller, ref)))


@handles("referrals.group.form", creates=True)
def form(unit: Unit, caller: Caller, command: ask.FormGroup, *, ref: Ref) -> None:
    """Record a new group of the caller's organisation."""
    authorise(unit, caller, "referrals.group.form")
    unit.lock(f"group/{ref}")
    state = unit.find(GroupRow, Group, ref)
    unit.save(GroupRow, ref, decide(state, command, _facts(unit, caller, ref)))


@handles("referrals.group.hold_meeting", creates=True)
def hold_meeting(unit: Unit, caller: Caller, command: ask.HoldMeeting, *, ref: Ref, meeting_ref: Ref) -> Receipts:
    """Record a meeting and who of the members came, each answered for."""
    authorise(unit, caller, "referrals.group.hold_meeting")
    cases = {unit.peek(MembershipRow, member)["case_ref"] for member in command.memberships}
    unit.lock(f"group/{ref}", *(f"case/{case_ref}" for case_ref in cases))
    state, _ = unit.load(GroupRow, Group, ref, change=False)
    meeting = Meeting(group_ref=ref, held_on=unit.effective_day, attended=len(command.memberships))
    if unit.known(MeetingRow, meeting_ref, command, under=ref):
        unit.save(GroupRow, ref, Decided(state))
        return tuple(LineReceipt(ref=member, status="known") for member in command.memberships)
    unit.save(GroupRow, ref, decide(state, command, _facts(unit, caller, ref)))
    unit.add(MeetingRow, meeting_ref, meeting)
    return tuple(_attend(unit, ref, member) for member in command.memberships)


def _attend(unit: Unit, group_ref: Ref, ref: Ref) -> LineReceipt:
    state, _ = unit.load(MembershipRow, Membership, ref, change=False)
    if state.group_ref != group_ref:
        raise NotFound()
    facts = members.Facts(membership_ref=ref, day=unit.effective_day, service=state.service)
    decided = members.decide(state, members.AttendMeeting(), facts)
    unit.save(MembershipRow, ref, decided)
    return LineReceipt(ref=ref, status=decided.state.status, position=f"case/{state.case_ref}")


@handles("referrals.group.close")
def close(unit: Unit, caller: Caller, command: ask.CloseGroup, *, ref: Ref) -> None:
    """The group has ended."""
    _change(unit, caller, command, "referrals.group.close", ref)


@handles("referrals.group.correct")
def correct(unit: Unit, caller: Caller, command: ask.CorrectGroup, *, ref: Ref) -> None:
    """Put right what was recorded of the group."""
    _change(unit, caller, command, "referrals.group.correct", ref)


@handles("referrals.group.void")
def void(unit: Unit, caller: Caller, command: ask.VoidGroup, *, ref: Ref) -> None:
    """Take back a group recorded in error."""
    _change(unit, caller, command, "referrals.group.void", ref)
