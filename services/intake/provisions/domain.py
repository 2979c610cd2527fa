"""The rules of what is given during a stay: one row for each thing given, added and never changed.

Only an entry in error ends a provision. Food is recorded for anybody whose stay began, whatever they agreed to,
answered or were found to be; what is given on a day is given to somebody who was there that day.
"""

from typing import assert_never

from services.intake.provisions.commands import (
    STATUSES,
    CorrectProvision,
    ProvisionCommand,
    RecordProvision,
    VoidProvision,
)
from services.intake.provisions.state import Facts, Provision, Status
from shared.contracts import intake as told
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Decided

NIGHT = "BED_NIGHT"


def decide(state: Provision | None, command: ProvisionCommand, facts: Facts) -> Decided[Provision]:
    """What becomes of a provision."""
    if state is not None and isinstance(command, VoidProvision) and state.status is Status.VOIDED:
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    named = {"case_ref": facts.case_ref, "stay_ref": facts.stay_ref, "provision_ref": facts.provision_ref}
    if isinstance(command, RecordProvision):
        return _record(command, facts, named)
    assert state is not None
    match command:
        case CorrectProvision():
            return _correct(state, command, facts, named)
        case VoidProvision(reason=reason):
            voided = told.StayProvisionVoided(**named, reason=reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _record(command: RecordProvision, facts: Facts, named: dict[str, Ref]) -> Decided[Provision]:
    if facts.begun is None:
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
    if given.day < facts.begun:
        raise Refused("before_stay_began")
    _until_they_left(given, facts)
    recorded = told.StayProvisionRecorded(**named, kind=command.kind, count=command.count, day=facts.day)
    return Decided(given, (recorded,))


def _until_they_left(given: Provision, facts: Facts) -> None:
    """Nothing is given after somebody left, and no more nights than there were until then."""
    if facts.left is None:
        return
    if given.day > facts.left:
        raise Refused("after_stay_ended")
    if given.kind == NIGHT and given.count > (facts.left - given.day).days:
        raise Refused("more_nights_than_the_stay")


def _correct(state: Provision, command: CorrectProvision, facts: Facts, named: dict[str, Ref]) -> Decided[Provision]:
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    _until_they_left(after, facts)
    return Decided(after, (told.StayProvisionCorrected(**named, kind=after.kind, count=after.count),))
