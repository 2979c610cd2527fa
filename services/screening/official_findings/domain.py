"""The rules of a finding of a body of state: its own, one at a time, and never measured against what is known here."""

from typing import assert_never

from services.screening.official_findings.commands import (
    STATUSES,
    CorrectFinding,
    OfficialCommand,
    RecordFinding,
    VoidFinding,
)
from services.screening.official_findings.state import Facts, Found, OfficialFinding, Status
from shared.contracts import screening as told
from shared.errors import Refused
from shared.model import Decided


def decide(state: OfficialFinding | None, command: OfficialCommand, facts: Facts) -> Decided[OfficialFinding]:
    """What becomes of it."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, RecordFinding):
        return _record(command, facts)
    assert state is not None
    named = {"case_ref": state.case_ref, "finding_ref": facts.ref}
    match command:
        case CorrectFinding():
            after = command.applied_to(state)
            if after == state and found_after(command, facts) == facts.found:
                return Decided(state)
            return Decided(after, (told.OfficialFindingCorrected(**named, day=after.found_on),))
        case VoidFinding(reason=reason):
            return Decided(state.but(status=Status.VOIDED), (told.OfficialFindingVoided(**named, reason=reason),))
        case _:
            assert_never(command)


def _record(command: RecordFinding, facts: Facts) -> Decided[OfficialFinding]:
    if command.body not in facts.bodies:
        raise Refused("body_of_another_organisation")
    if facts.has_one:
        raise Refused("body_has_a_determination")
    state = OfficialFinding(
        case_ref=facts.case_ref,
        case_number=command.case_number,
        organisation_ref=facts.organisation_ref,
        body=command.body,
        status=Status.RECORDED,
        found_on=facts.day,
    )
    recorded = told.OfficialFindingRecorded(
        case_ref=facts.case_ref,
        finding_ref=facts.ref,
        organisation_ref=facts.organisation_ref,
        body=command.body,
        day=facts.day,
    )
    return Decided(state, (recorded,))


def found_after(command: OfficialCommand, facts: Facts) -> Found | None:
    """What stands sealed once the command was decided."""
    match command:
        case RecordFinding(outcome=outcome, words=words):
            return Found(outcome=outcome, words=words)
        case CorrectFinding() if facts.found is not None:
            said = {name: value for name, value in command.changes().items() if name in Found.model_fields}
            return facts.found.but(**said)
        case _:
            return facts.found
