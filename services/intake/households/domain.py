"""The rules of a household: who belongs to it, and which caregiver is suspected of exploiting.

The surprise: a suspicion is a flag on a member, and every open case of the household is told of it. It changes how a
child is kept safe, never whether the child is helped.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.contracts.intake.people import Relationship
from shared.errors import Refused
from shared.ids import HouseholdRef, PersonRef, Ref
from shared.model import C1, Command, Correction, Decided, Event, Given, Model, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class Status(StrEnum):
    FORMED = "formed"
    VOIDED = "voided"


class Member(Given):
    """Somebody who belongs to the household."""

    person_ref: PersonRef
    relationship: C1[Relationship]
    implicated_caregiver: bool = False


class Household(Model):
    """People who live together, or did before they left."""

    status: Status
    members: C1[tuple[Member, ...]] = ()

    @property
    def implicated(self) -> tuple[PersonRef, ...]:
        return tuple(sorted(member.person_ref for member in self.members if member.implicated_caregiver))


class FormHousehold(Command):
    """These people belong together."""

    ref: Ref | None = None
    members: C1[tuple[Member, ...]] = Field(default=(), max_length=50)


class AddMember(Member, Command):
    """Somebody belongs to it too."""


class RemoveMember(Command):
    """Somebody no longer does."""

    person_ref: PersonRef


class CorrectMember(Correction):
    """The relationship, or whether the caregiver is implicated, is otherwise."""

    person_ref: PersonRef
    relationship: C1[Relationship] = left_out()
    implicated_caregiver: bool = left_out()


class VoidHousehold(Command):
    """Entered in error."""

    reason: VoidReason


STATUSES = StatusTable(
    "household",
    opening=frozenset({FormHousehold}),
    allowed={
        Status.FORMED: frozenset({AddMember, RemoveMember, CorrectMember, VoidHousehold}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    household_ref: HouseholdRef
    elsewhere: frozenset[PersonRef] = frozenset()


def decide(state: Household | None, command: Command, facts: Facts) -> Decided[Household]:
    """What becomes of a household."""
    if isinstance(command, FormHousehold):
        return _form(state, command, facts)
    STATUSES.check(None if state is None else state.status, command)
    assert state is not None
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
    raise AssertionError(command)


def _member(command: AddMember) -> Member:
    return Member(**command.model_dump(exclude={"effective_at"}))


def _form(state: Household | None, command: FormHousehold, facts: Facts) -> Decided[Household]:
    if state is not None and state == Household(status=Status.FORMED, members=command.members):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    decided = Decided(Household(status=Status.FORMED), (told.HouseholdFormed(household_ref=facts.household_ref),))
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
