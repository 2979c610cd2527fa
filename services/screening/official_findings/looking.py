"""Finds the case of a number among those of which the caller's organisation was told, and among no others.

A number that nobody has and that of a case of which the organisation was never told are looked for in the same list,
so they look the same in every way.
"""

from services.screening.official_findings.tables import OfficialFindingRow
from shared.auth import Caller, authorise
from shared.errors import NotFound
from shared.ids import CaseRef, Subject, case_number
from shared.journey.parts import INFORMED
from shared.reading import Reading
from shared.storage.tables import Row

FIND = "screening.official_finding.find"


def told_of(reading: Reading, caller: Caller, number: str) -> CaseRef:
    """The case of this number. Raises NotFound where the caller's organisation was told of none."""
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
