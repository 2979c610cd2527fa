"""Commands on findings of bodies of state. The case is named by its number, and found only by whoever was told of it.

A number that nobody has and that of a case of which the organisation was never told are looked for in the same list,
so they look the same in every way.
"""

from collections.abc import Mapping

from services.screening.determinations.bodies import PRIVATE, bodies_of
from services.screening.facets import DirectoryFacet
from services.screening.official_findings import commands as ask
from services.screening.official_findings import domain
from services.screening.official_findings.commands import STATUSES, OfficialCommand
from services.screening.official_findings.state import Facts, OfficialFinding, Status
from services.screening.official_findings.tables import OFFICIAL, OfficialFindingRow
from shared.auth import Caller, admit, authorise
from shared.errors import NotFound
from shared.ids import CaseRef, Ref, Subject, case_number
from shared.journey.parts import INFORMED
from shared.model import Command, Model
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.handling import own
from shared.writing.unit import Unit

FIND = "screening.official_finding.find"


def told_of(reading: Reading, caller: Caller, number: str) -> CaseRef:
    """The case of this number, among those of which the caller's organisation was told, and among no others."""
    known = (subject.removeprefix("case/") for subject in reading.having(caller, INFORMED))
    found = next((ref for ref in known if case_number(ref) == number), None)
    authorise(reading, caller, FIND, None if found is None else Subject("case", found))
    if found is None:
        raise NotFound()
    return found


def own_of(reading: Reading, caller: Caller, case_ref: CaseRef) -> list[Row]:
    """What the caller's organisation recorded about a case, the last one first."""
    rows = reading.select(OfficialFindingRow, case_ref=case_ref, organisation_ref=caller.organisation_ref)
    return list(reversed(rows))


def _facts(unit: Unit, caller: Caller, _command: OfficialCommand, *, ref: Ref, state: OfficialFinding) -> Facts:
    found = unit.open(OfficialFindingRow, ref, "found")
    organisation = caller.organisation_ref
    return Facts(ref=ref, day=unit.effective_day, case_ref=state.case_ref, organisation_ref=organisation, found=found)


def _recording(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> Facts:
    entry = unit.facet(Subject("organisation", caller.organisation_ref), "referrals", DirectoryFacet)
    others = (row for row in own_of(unit, caller, case_ref) if row["ref"] != ref)
    return Facts(
        ref=ref,
        day=unit.effective_day,
        case_ref=case_ref,
        organisation_ref=caller.organisation_ref,
        bodies=bodies_of(entry.kind) - PRIVATE,
        has_one=any(row["status"] != Status.VOIDED for row in others),
    )


def _sealed(_state: OfficialFinding | None, command: OfficialCommand, facts: Facts) -> Mapping[str, Model]:
    found = domain.found_after(command, facts)
    return {} if found is None else {"found": found}


def _admits(unit: Unit, caller: Caller, _command: Command, *, ref: Ref) -> None:
    """It is put right by whoever is still told of the case."""
    authorise(unit, caller, FIND, Subject("case", unit.peek(OfficialFindingRow, ref)["case_ref"]))


OFFICIAL_FINDINGS = Commands(
    "screening.official_finding",
    OfficialFindingRow,
    OfficialFinding,
    STATUSES,
    domain.decide,
    facts=_facts,
    subjects=own("official_finding"),
    sealed=_sealed,
    admits=_admits,
    belonging=OFFICIAL,
)
OFFICIAL_FINDINGS.ordinary("correct", ask.CorrectFinding)
OFFICIAL_FINDINGS.ordinary("void", ask.VoidFinding)


@OFFICIAL_FINDINGS.does("record", ask.RecordFinding, creates=True)
def record(unit: Unit, caller: Caller, command: ask.RecordFinding, *, ref: Ref) -> None:
    """What the body found goes on record. Another body's finding is neither asked for nor shown."""
    admit(unit, caller, OFFICIAL_FINDINGS[ask.RecordFinding].handling.action)
    case_ref = told_of(unit, caller, command.case_number)
    OFFICIAL_FINDINGS.authorise(unit, caller, command, Subject("case", case_ref))
    unit.lock(Subject("case", case_ref))
    if OFFICIAL_FINDINGS.known(unit, caller, command, ref):
        return
    state = unit.find(OfficialFindingRow, OfficialFinding, ref)
    facts = _recording(unit, caller, ref, case_ref)
    decided = domain.decide(state, command, facts)
    unit.save(OfficialFindingRow, ref, decided, private=_sealed(state, command, facts))
