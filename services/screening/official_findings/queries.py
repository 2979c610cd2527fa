"""Reads of findings of bodies of state: each body its own, by the number of the case."""

from collections.abc import Iterable

from services.screening.official_findings.commands import STATUSES, CaseNumber
from services.screening.official_findings.handlers import FIND, own_of, told_of
from services.screening.official_findings.schemas import OfficialFindingRead
from services.screening.official_findings.state import OfficialFinding
from services.screening.official_findings.tables import OFFICIAL, OfficialFindingRow
from shared.auth import Caller, authorise
from shared.errors import NotFound
from shared.ids import Ref, Subject
from shared.reading import Reader, Reading
from shared.reading.answers import Shown
from shared.storage.tables import Row
from shared.writing.handling import own, shows

SHOWN = Shown(
    "screening.official_finding", OfficialFindingRead, OfficialFindingRow, OfficialFinding, STATUSES, OFFICIAL
)


@shows("screening.official_finding.read", subjects=own("official_finding"))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> OfficialFindingRead:
    """What one's own organisation recorded, while it is told of the case."""
    row = SHOWN.one(reader, caller, ref)
    authorise(reader, caller, FIND, Subject("case", row["case_ref"]))
    return _shown(reader, caller, row)


def _of_number(peek: Reading, *, number: CaseNumber, **_: object) -> Iterable[str]:
    return [Subject("official_finding", row["ref"]) for row in peek.select(OfficialFindingRow, case_number=number)]


@shows("screening.official_finding.read", subjects=_of_number)
def by_number(reader: Reader, caller: Caller, *, number: CaseNumber) -> OfficialFindingRead:
    """The last that one's own organisation recorded about the case of this number."""
    rows = own_of(reader, caller, told_of(reader, caller, number))
    if not rows:
        raise NotFound()
    return _shown(reader, caller, SHOWN.one(reader, caller, rows[0]["ref"]))


def _shown(reader: Reader, caller: Caller, row: Row) -> OfficialFindingRead:
    found = reader.open(OfficialFindingRow, row, "found")
    return SHOWN.of(reader, caller, row, outcome=found.outcome, words=found.words)
