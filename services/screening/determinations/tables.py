"""The determination's row. The suggestion and all findings are sealed under the case."""

from services.screening.base import Base
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.state import Determination, Findings
from shared.model import C3
from shared.storage.tables import Thing, sealed


class DeterminationRow(Determination, Thing, Base, table=True):
    """One body's determination."""

    __tablename__ = "determination"
    suggestion: bytes | None = sealed(Assessment, C3, subject="case_ref")
    found: bytes | None = sealed(Findings, C3, subject="case_ref")
