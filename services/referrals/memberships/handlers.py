"""What is done with memberships. Joining locks the group as well, so that nobody joins one just being closed."""

from services.referrals.facets import IntakeFacet, ScreeningFacet
from services.referrals.groups import domain as groups
from services.referrals.groups.tables import GroupRow
from services.referrals.memberships import domain as ask
from services.referrals.memberships.domain import Facts, Membership, Status, decide
from services.referrals.memberships.tables import MembershipRow
from services.referrals.service_referrals import gates
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.model import Command
from shared.writing.handling import handles
from shared.writing.unit import Unit


def _joining(unit: Unit, ref: Ref, case_ref: CaseRef, group_ref: Ref) -> Facts:
    """What must be known to join. The caller holds the locks of case and group."""
    group, _ = unit.load(GroupRow, groups.Group, group_ref, change=False)
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    screening = unit.facet(f"case/{case_ref}", "screening", ScreeningFacet)
    others = (row for row in unit.select(MembershipRow, case_ref=case_ref, group_ref=group_ref) if row["ref"] != ref)
    return Facts(
        membership_ref=ref,
        day=unit.effective_day,
        service=group.service,
        household_ref=intake.household_ref,
        group_active=group.status is groups.Status.ACTIVE,
        already_member=any(row["status"] == Status.JOINED for row in others),
        entitled=gates.entitled(group.service, screening.entitlements),
        forbidden_by=gates.forbidden_by(group.service, screening.handling),
    )


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    row = unit.peek(MembershipRow, ref)
    authorise(unit, caller, action, f"case/{row['case_ref']}")
    unit.lock(f"case/{row['case_ref']}")
    state, _ = unit.load(MembershipRow, Membership, ref)
    household = unit.facet(f"case/{state.case_ref}", "intake", IntakeFacet).household_ref
    facts = Facts(membership_ref=ref, day=unit.effective_day, service=state.service, household_ref=household)
    unit.save(MembershipRow, ref, decide(state, command, facts))


@handles("referrals.membership.join", creates=True)
def join(unit: Unit, caller: Caller, command: ask.JoinGroup, *, ref: Ref) -> None:
    """Let a person or a household join a group."""
    authorise(unit, caller, "referrals.membership.join", f"case/{command.case_ref}")
    unit.lock(f"case/{command.case_ref}", f"group/{command.group_ref}")
    state = unit.find(MembershipRow, Membership, ref)
    facts = _joining(unit, ref, command.case_ref, command.group_ref)
    unit.save(MembershipRow, ref, decide(state, command, facts))


@handles("referrals.membership.leave")
def leave(unit: Unit, caller: Caller, command: ask.LeaveGroup, *, ref: Ref) -> None:
    """The member leaves."""
    _change(unit, caller, command, "referrals.membership.leave", ref)


@handles("referrals.membership.correct")
def correct(unit: Unit, caller: Caller, command: ask.CorrectMembership, *, ref: Ref) -> None:
    """Put right who joined and when."""
    _change(unit, caller, command, "referrals.membership.correct", ref)


@handles("referrals.membership.void")
def void(unit: Unit, caller: Caller, command: ask.VoidMembership, *, ref: Ref) -> None:
    """Take back a membership recorded in error."""
    _change(unit, caller, command, "referrals.membership.void", ref)
