"""The rules of a household: who belongs to it, and which caregiver is suspected of exploiting.

A suspicion is a flag on a member, and every open case of the household is told of it. It changes how a child is kept
safe, never whether the child is helped. One person enters it, and two of the team lift it.
"""

from typing import assert_never

from services.intake.households.commands import (
    STATUSES,
    AddMember,
    CorrectMember,
    FormHousehold,
    HouseholdCommand,
    RemoveMember,
    VoidHousehold,
)
from services.intake.households.state import Facts, Household, Lifting, Member, Status
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import PersonRef
from shared.model import Decided, Event


def decide(state: Household | None, command: HouseholdCommand, facts: Facts) -> Decided[Household]:
    """What becomes of a household."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, FormHousehold):
        return _form(command, facts)
    assert state is not None
    decided = _change(state, command, facts)
    safe = _kept_safe(state, decided.state)
    if not safe & facts.with_case:
        return Decided(decided.state.but(lifting=None), decided.events) if decided.events else decided
    if not safe & facts.team_of:
        raise Refused("suspicion_needs_team")
    return _lift(state, decided, facts)


def _lift(state: Household, decided: Decided[Household], facts: Facts) -> Decided[Household]:
    """Two say the same: the first one's word changes nothing of what keeps a child safe."""
    asked = Lifting(asked_by=facts.by, members=decided.state.members, status=decided.state.status)
    known = state.lifting
    if known is None or known.but(asked_by=facts.by) != asked:
        return Decided(state.but(lifting=asked), own_matter=True)
    if known.asked_by == facts.by:
        return Decided(state)
    return Decided(decided.state.but(lifting=None), decided.events)


def _kept_safe(before: Household, after: Household) -> set[PersonRef]:
    """Whom a suspicion that is lifted protects, without the suspect: one of the team of their case is asked for it."""
    lifted = set(before.implicated) - set(after.implicated)
    gone = {member.person_ref for member in before.members} - {member.person_ref for member in after.members}
    return {
        member.person_ref
        for member in before.members
        if lifted - {member.person_ref} or (member.person_ref in gone and set(before.implicated) - {member.person_ref})
    }


Change = AddMember | RemoveMember | CorrectMember | VoidHousehold


def _change(state: Household, command: Change, facts: Facts) -> Decided[Household]:
    match command:
        case AddMember():
            return _add(state, _member(command), facts)
        case CorrectMember():
            return _correct(state, command, facts)
        case RemoveMember(person_ref=person):
            rest = tuple(member for member in state.members if member.person_ref != person)
            if rest == state.members:
                return Decided(state)
            left = told.MemberLeft(household_ref=facts.household_ref, person_ref=person)
            return Decided(state.but(members=rest), (left,))
        case VoidHousehold(reason=reason):
            voided = told.HouseholdVoided(household_ref=facts.household_ref, reason=reason)
            return Decided(state.but(status=Status.VOIDED, members=()), (voided,))
        case _:
            assert_never(command)


def _member(command: AddMember) -> Member:
    return Member(**command.model_dump(exclude={"effective_at"}))


def _form(command: FormHousehold, facts: Facts) -> Decided[Household]:
    formed = Household(status=Status.FORMED, organisation_ref=facts.organisation_ref)
    decided = Decided(formed, (told.HouseholdFormed(household_ref=facts.household_ref),))
    for member in command.members:
        added = _add(decided.state, member, facts)
        decided = Decided(added.state, decided.events + added.events)
    return decided


def _add(state: Household, member: Member, facts: Facts) -> Decided[Household]:
    known = {other.person_ref: other for other in state.members}
    if known.get(member.person_ref) == member:
        return Decided(state)
    if member.person_ref in known:
        raise Refused("already_a_member")
    if member.person_ref in facts.elsewhere:
        raise Refused("member_of_another_household")
    _one_head(state, member)
    added: Event = told.MemberAdded(household_ref=facts.household_ref, **member.model_dump())
    return Decided(state.but(members=(*state.members, member)), (added,))


def _one_head(state: Household, member: Member) -> None:
    others = (other for other in state.members if other.person_ref != member.person_ref)
    if member.relationship == "HEAD" and any(other.relationship == "HEAD" for other in others):
        raise Refused("household_has_a_head")


def _correct(state: Household, command: CorrectMember, facts: Facts) -> Decided[Household]:
    known = {other.person_ref: other for other in state.members}
    if command.person_ref not in known:
        raise Refused("not_a_member")
    member = command.applied_to(known[command.person_ref])
    if member in state.members:
        return Decided(state)
    _one_head(state, member)
    members = tuple(member if other.person_ref == member.person_ref else other for other in state.members)
    corrected = told.HouseholdCorrected(household_ref=facts.household_ref, **member.model_dump())
    return Decided(state.but(members=members), (corrected,))
