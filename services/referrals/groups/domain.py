"""The rules of groups that households join so that nobody has to leave again.

These are self-help groups, cooperatives and awareness sessions. Each kind gives certain services and no other.
"""

from typing import assert_never

from services.referrals.groups.commands import (
    STATUSES,
    CloseGroup,
    CorrectGroup,
    FormGroup,
    GroupCommand,
    HoldMeeting,
    VoidGroup,
)
from services.referrals.groups.state import Facts, Group, Status
from shared.contracts import referrals as told
from shared.contracts.referrals import GroupKind
from shared.errors import Refused
from shared.model import Decided

SERVICES = {
    GroupKind.SELF_HELP_GROUP: frozenset({"SHG-JOIN", "SAV-GROUP", "RICE-BANK", "COW-BANK"}),
    GroupKind.COOPERATIVE: frozenset({"AC-JOIN"}),
    GroupKind.AWARENESS_SESSION: frozenset({"AWR-FAMILY", "AWR-COMMUNITY"}),
}


def decide(state: Group | None, command: GroupCommand, facts: Facts) -> Decided[Group]:
    """What becomes of a group."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, FormGroup):
        return _form(command, facts)
    assert state is not None
    match command:
        case HoldMeeting():
            return _meet(state, command, facts)
        case CorrectGroup():
            return _correct(state, command, facts)
        case CloseGroup():
            return _close(state, facts)
        case VoidGroup():
            voided = told.GroupVoided(group_ref=facts.group_ref, reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _fits(kind: GroupKind, service: str) -> None:
    if service not in SERVICES[kind]:
        raise Refused("service_of_another_kind_of_group")


def _form(command: FormGroup, facts: Facts) -> Decided[Group]:
    _fits(command.kind, command.service)
    group = Group(
        status=Status.ACTIVE,
        kind=command.kind,
        service=command.service,
        organisation_ref=facts.organisation_ref,
        name=command.name,
        formed_on=facts.day,
    )
    formed = told.GroupFormed(
        group_ref=facts.group_ref,
        kind=command.kind,
        service=command.service,
        organisation_ref=facts.organisation_ref,
        day=facts.day,
    )
    return Decided(group, (formed,))


def _meet(state: Group, command: HoldMeeting, facts: Facts) -> Decided[Group]:
    if facts.day < state.formed_on:
        raise Refused("before_the_group_was_formed")
    if len(set(command.memberships)) != len(command.memberships):
        raise Refused("member_listed_twice")
    held = told.GroupHeld(group_ref=facts.group_ref, day=facts.day, attended=len(command.memberships))
    return Decided(state.but(meetings=state.meetings + 1), (held,))


def _close(state: Group, facts: Facts) -> Decided[Group]:
    if facts.day < state.formed_on:
        raise Refused("before_the_group_was_formed")
    if facts.last_met_on is not None and facts.day < facts.last_met_on:
        raise Refused("before_the_last_meeting")
    closed = told.GroupClosed(group_ref=facts.group_ref, day=facts.day)
    return Decided(state.but(status=Status.CLOSED, closed_on=facts.day), (closed,))


def _correct(state: Group, command: CorrectGroup, facts: Facts) -> Decided[Group]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    _fits(corrected.kind, corrected.service)
    if any(day is not None and day < corrected.formed_on for day in (facts.first_met_on, state.closed_on)):
        raise Refused("before_the_group_was_formed")
    event = told.GroupCorrected(
        group_ref=facts.group_ref, kind=corrected.kind, service=corrected.service, day=corrected.formed_on
    )
    return Decided(corrected, (event,))
