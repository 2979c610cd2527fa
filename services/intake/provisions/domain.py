"""The rules of what is given during a stay: one row for each thing given, added and never changed.

The surprise: only an entry in error ends a provision. Food is recorded for anybody whose stay began, whatever they
agreed to, answered or were found to be.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import Command, Correction, Decided, Model, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
ProvisionKind = Annotated[str, CodeOf("provision")]


class Status(StrEnum):
    GIVEN = "given"
    VOIDED = "voided"


class Provision(Model):
    """Something given on a day."""

    stay_ref: Ref
    case_ref: CaseRef
    status: Status
    kind: ProvisionKind
    count: int
    day: date
    given_by: StaffRef


class RecordProvision(Command):
    """One thing given, under a ref of the client."""

    ref: Ref
    stay_ref: Ref
    kind: ProvisionKind
    count: Annotated[int, Field(ge=1, le=1000)] = 1


class RecordProvisions(Command):
    """What was given at one time, to one person or to all."""

    lines: Annotated[tuple[RecordProvision, ...], Field(min_length=1, max_length=1000)]


class CorrectProvision(Correction):
    """Another kind or another count."""

    kind: ProvisionKind = left_out()
    count: Annotated[int, Field(ge=1, le=1000)] = left_out()


class VoidProvision(Command):
    """Entered in error."""

    reason: VoidReason


STATUSES = StatusTable(
    "provision",
    opening=frozenset({RecordProvision}),
    allowed={Status.GIVEN: frozenset({CorrectProvision, VoidProvision}), Status.VOIDED: frozenset()},
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    provision_ref: Ref
    stay_ref: Ref
    case_ref: CaseRef
    day: date
    by: StaffRef
    begun: bool = True


def decide(state: Provision | None, command: Command, facts: Facts) -> Decided[Provision]:
    """What becomes of a provision."""
    if state is not None and _holds(state, command, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    named = {"case_ref": facts.case_ref, "stay_ref": facts.stay_ref, "provision_ref": facts.provision_ref}
    match command:
        case RecordProvision():
            return _record(command, facts, named)
        case CorrectProvision():
            after = command.applied_to(_known(state))
            corrected = told.StayProvisionCorrected(**named, kind=after.kind, count=after.count)
            return Decided(after, () if after == state else (corrected,))
        case VoidProvision(reason=reason):
            voided = told.StayProvisionVoided(**named, reason=reason)
            return Decided(_known(state).but(status=Status.VOIDED), (voided,))
    raise AssertionError(command)


def _holds(state: Provision, command: Command, facts: Facts) -> bool:
    """The same again, when it is so already, decides nothing."""
    if isinstance(command, VoidProvision):
        return state.status is Status.VOIDED
    if isinstance(command, RecordProvision):
        asked = (command.stay_ref, command.kind, command.count, facts.by)
        return asked == (state.stay_ref, state.kind, state.count, state.given_by)
    return False


def _known(state: Provision | None) -> Provision:
    assert state is not None
    return state


def _record(command: RecordProvision, facts: Facts, named: dict[str, Ref]) -> Decided[Provision]:
    if not facts.begun:
        raise Refused("stay_not_begun")
    given = Provision(
        stay_ref=facts.stay_ref,
        case_ref=facts.case_ref,
        status=Status.GIVEN,
        kind=command.kind,
        count=command.count,
        day=facts.day,
        given_by=facts.by,
    )
    recorded = told.StayProvisionRecorded(**named, kind=command.kind, count=command.count, day=facts.day)
    return Decided(given, (recorded,))
