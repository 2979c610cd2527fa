"""Commands on memberships. Each holds the group's lock as well, so that nobody joins one just being closed."""

from collections.abc import Iterable
from typing import Any

from services.referrals.facets import IntakeFacet, ScreeningFacet
from services.referrals.groups.state import Group
from services.referrals.groups.state import Status as GroupStatus
from services.referrals.groups.tables import GroupRow
from services.referrals.memberships import commands as ask
from services.referrals.memberships import domain
from services.referrals.memberships.commands import STATUSES, MembershipCommand
from services.referrals.memberships.state import Facts, Membership, Status
from services.referrals.memberships.tables import MembershipRow
from services.referrals.service_referrals import gates
from shared.auth import Caller
from shared.errors import NotFound
from shared.ids import Ref, Subject
from shared.reading import LineReceipt, Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def _streams(_peek: Reading, command: Any, row: Row | None, _ref: Ref) -> Iterable[Subject]:
    case_ref, group_ref = (command.case_ref, command.group_ref) if row is None else (row["case_ref"], row["group_ref"])
    return Subject("case", case_ref), Subject("group", group_ref)


def _facts(unit: Unit, _caller: Caller, command: MembershipCommand, *, ref: Ref, state: Membership | None) -> Facts:
    joining = command if isinstance(command, ask.JoinGroup) else state
    assert joining is not None
    group, _ = unit.load(GroupRow, Group, joining.group_ref, change=False)
    case = Subject("case", joining.case_ref)
    intake = unit.facet(case, "intake", IntakeFacet)
    screening = unit.facet(case, "screening", ScreeningFacet)
    here = unit.select(MembershipRow, case_ref=joining.case_ref, group_ref=joining.group_ref)
    return Facts(
        membership_ref=ref,
        day=unit.effective_day,
        service=group.service,
        household_ref=intake.household_ref,
        group_formed_on=group.formed_on,
        case_opened_on=intake.opened_on,
        group_active=group.status is GroupStatus.ACTIVE,
        already_member=any(row["status"] == Status.JOINED for row in here if row["ref"] != ref),
        entitled=gates.entitled(group.service, screening.entitlements),
        forbidden_by=gates.forbidden_by(group.service, screening.handling),
    )


MEMBERSHIPS = Commands(
    "referrals.membership", MembershipRow, Membership, STATUSES, domain.decide, facts=_facts, streams=_streams
)
MEMBERSHIPS.ordinary("join", ask.JoinGroup)
MEMBERSHIPS.ordinary("leave", ask.LeaveGroup)
MEMBERSHIPS.ordinary("correct", ask.CorrectMembership)
MEMBERSHIPS.ordinary("void", ask.VoidMembership)


def attend(unit: Unit, ref: Ref, group_ref: Ref) -> LineReceipt:
    """Called by the group's meeting, inside its unit, whose lock holds the case's stream."""
    state, _ = unit.load(MembershipRow, Membership, ref, change=False)
    if state.group_ref != group_ref:
        raise NotFound()
    facts = Facts(membership_ref=ref, day=unit.effective_day, service=state.service)
    decided = domain.decide(state, ask.AttendMeeting(), facts)
    unit.save(MembershipRow, ref, decided)
    return LineReceipt(ref=ref, status=decided.state.status, position=Subject("case", state.case_ref))
