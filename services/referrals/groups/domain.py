"""Groups that households join so that nobody has to leave again: self-help groups, cooperatives, awareness sessions.

The surprise: a group knows how many came to a meeting, never who; who came is a fact of each member's own case.
"""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from shared.contracts import referrals as told
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import GroupKind, NearDay, ServiceCode, VoidReason
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref
from shared.model import C1, Command, Correction, Decided, Model, Name, StatusTable, left_out

SERVICES = {
    GroupKind.SELF_HELP_GROUP: frozenset({"SHG-JOIN", "SAV-GROUP", "RICE-BANK", "COW-BANK"}),
    GroupKind.COOPERATIVE: frozenset({"AC-JOIN"}),
    GroupKind.AWARENESS_SESSION: frozenset({"AWR-FAMILY", "AWR-COMMUNITY"}),
}


class Status(StrEnum):
    """Whether people may join."""

    ACTIVE = "active"
    CLOSED = "closed"
    VOIDED = "voided"


class Group(Model):
    """A group of people or households. Its name often is a village's."""

    status: Status
    kind: GroupKind
    service: ServiceCode
    organisation_ref: OrganisationRef
    name: C1[Name]
    formed_on: Day
    closed_on: Day | None = None
    meetings: Count = 0


class Meeting(Model):
    """One meeting: which group, which day, how many members came."""

    group_ref: Ref
    held_on: Day
    attended: Count


class FormGroup(Command):
    """Record a new group."""

    ref: Ref | None = None
    kind: GroupKind
    service: ServiceCode
    name: C1[Name]


class HoldMeeting(Command):
    """Record a meeting and the members who came."""

    ref: Ref | None = None
    memberships: tuple[Ref, ...] = Field(default=(), max_length=200)


class CloseGroup(Command):
    """The group has ended."""


class CorrectGroup(Correction):
    """Put right what was recorded of the group."""

    kind: GroupKind = left_out()
    service: ServiceCode = left_out()
    name: C1[Name] = left_out()
    formed_on: NearDay = left_out()


class VoidGroup(Command):
    """Take back a group recorded in error."""

    reason: VoidReason


STATUSES = StatusTable(
    "group",
    opening=frozenset({FormGroup}),
    allowed={
        Status.ACTIVE: frozenset({HoldMeeting, CloseGroup, CorrectGroup, VoidGroup}),
        Status.CLOSED: frozenset({CorrectGroup, VoidGroup}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """Which group, whose, and the day on which it happened."""

    group_ref: Ref
    organisation_ref: OrganisationRef
    day: Day


def _fits(kind: GroupKind, service: str) -> None:
    if service not in SERVICES[kind]:
        raise Refused("service_of_another_kind_of_group")


def _form(state: Group | None, command: FormGroup, facts: Facts) -> Decided[Group]:
    _fits(command.kind, command.service)
    group = Group(
        status=Status.ACTIVE,
        kind=command.kind,
        service=command.service,
        organisation_ref=facts.organisation_ref,
        name=command.name,
        formed_on=facts.day,
    )
    if state == group:
        return Decided(group)
    STATUSES.check(state and state.status, command)
    formed = told.GroupFormed(
        group_ref=facts.group_ref,
        kind=command.kind,
        service=command.service,
        organisation_ref=facts.organisation_ref,
        day=facts.day,
    )
    return Decided(group, (formed,))


def _correct(state: Group, command: CorrectGroup, facts: Facts) -> Decided[Group]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    _fits(corrected.kind, corrected.service)
    event = told.GroupCorrected(
        group_ref=facts.group_ref, kind=corrected.kind, service=corrected.service, day=corrected.formed_on
    )
    return Decided(corrected, (event,))


def _meet(state: Group, command: HoldMeeting, facts: Facts) -> Decided[Group]:
    if facts.day < state.formed_on:
        raise Refused("before_the_group_was_formed")
    if len(set(command.memberships)) != len(command.memberships):
        raise Refused("member_listed_twice")
    held = told.GroupHeld(group_ref=facts.group_ref, day=facts.day, attended=len(command.memberships))
    return Decided(state.but(meetings=state.meetings + 1), (held,))


def decide(state: Group | None, command: Command, facts: Facts) -> Decided[Group]:
    """What becomes of a group."""
    if isinstance(command, FormGroup):
        return _form(state, command, facts)
    STATUSES.check(state and state.status, command)
    assert state is not None
    match command:
        case HoldMeeting():
            return _meet(state, command, facts)
        case CorrectGroup():
            return _correct(state, command, facts)
        case CloseGroup():
            closed = told.GroupClosed(group_ref=facts.group_ref, day=facts.day)
            return Decided(state.but(status=Status.CLOSED, closed_on=facts.day), (closed,))
        case VoidGroup():
            voided = told.GroupVoided(group_ref=facts.group_ref, reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:  # pragma: no cover
            raise AssertionError(type(command))
