"""Reads of findings of bodies of state: each body its own, by the number of the case."""

from collections.abc import Iterable

from services.screening.official_findings.commands import STATUSES, CaseNumber
from services.screening.official_findings.handlers import own_of, told_of
from services.screening.official_findings.schemas import OfficialFindingRead
from services.screening.official_findings.state import OfficialFinding
from services.screening.official_findings.tables import OFFICIAL, OfficialFindingRow
from shared.auth import Caller
from shared.errors import NotFound
from shared.ids import Subject
from shared.reading import Reader, Reading
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(
    "screening.official_finding", OfficialFindingRead, OfficialFindingRow, OfficialFinding, STATUSES, OFFICIAL
)


def _of_number(peek: Reading, *, number: CaseNumber, **_: object) -> Iterable[str]:
    return [Subject("official_finding", row["ref"]) for row in peek.select(OfficialFindingRow, case_number=number)]


@shows("screening.official_finding.read", subjects=_of_number)
def read(reader: Reader, caller: Caller, *, number: CaseNumber) -> OfficialFindingRead:
    """What one's own organisation recorded about the case of this number."""
    rows = own_of(reader, caller, told_of(reader, caller, number))
    if not rows:
        raise NotFound()
    row = SHOWN.one(reader, caller, rows[0]["ref"])
    found = reader.open(OfficialFindingRow, row, "found")
    return SHOWN.of(reader, caller, row, outcome=found.outcome, words=found.words)
