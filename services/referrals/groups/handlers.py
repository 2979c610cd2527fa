"""Commands on groups. A meeting is one unit: the group's fact, and one fact for each member who came."""

from services.referrals.groups import commands as ask
from services.referrals.groups import domain
from services.referrals.groups.commands import STATUSES, GroupCommand
from services.referrals.groups.state import Facts, Group, Meeting
from services.referrals.groups.tables import GroupRow, MeetingRow
from services.referrals.memberships import handlers as members
from services.referrals.memberships.tables import MembershipRow
from shared.auth import OWN, Caller
from shared.ids import Ref, Subject
from shared.reading import LineReceipt
from shared.writing.commands import Commands, on_itself
from shared.writing.unit import Unit

Receipts = tuple[LineReceipt, ...]


def _facts(unit: Unit, caller: Caller, command: GroupCommand, *, ref: Ref, state: Group | None) -> Facts:
    dated = isinstance(command, ask.CloseGroup | ask.CorrectGroup)
    days = [row["held_on"] for row in unit.select(MeetingRow, group_ref=ref)] if dated else []
    return Facts(
        group_ref=ref,
        organisation_ref=caller.organisation_ref,
        day=unit.effective_day,
        first_met_on=min(days, default=None),
        last_met_on=max(days, default=None),
    )


GROUPS = Commands(
    "referrals.group",
    GroupRow,
    Group,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=on_itself("group"),
    belonging=OWN,
)
GROUPS.ordinary("form", ask.FormGroup)
GROUPS.ordinary("close", ask.CloseGroup)
GROUPS.ordinary("correct", ask.CorrectGroup)
GROUPS.ordinary("void", ask.VoidGroup)


@GROUPS.does("hold_meeting", ask.HoldMeeting, creates=True)
def hold_meeting(unit: Unit, caller: Caller, command: ask.HoldMeeting, *, ref: Ref, meeting_ref: Ref) -> Receipts:
    """Record a meeting and who of the members came, each answered for."""
    GROUPS.authorise(unit, caller, command, GROUPS.about(unit, unit.peek(GroupRow, ref)))
    cases = {unit.peek(MembershipRow, member)["case_ref"] for member in command.memberships}
    unit.lock(Subject("group", ref), *(Subject("case", case_ref) for case_ref in cases))
    if unit.known(MeetingRow, meeting_ref, command, under=ref):
        unit.answer_about(GroupRow, Group, ref)
        return tuple(LineReceipt(ref=member, status="known") for member in command.memberships)
    state, _ = unit.load(GroupRow, Group, ref, change=False)
    facts = _facts(unit, caller, command, ref=ref, state=state)
    unit.save(GroupRow, ref, domain.decide(state, command, facts))
    unit.add(
        MeetingRow,
        meeting_ref,
        Meeting(group_ref=ref, held_on=unit.effective_day, attended=len(command.memberships)),
    )
    return tuple(members.attend(unit, member, ref) for member in command.memberships)
