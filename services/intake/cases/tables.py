"""The case's row. It holds nothing that names the person."""

from services.intake.base import Base
from services.intake.cases.state import Case
from shared.auth import itself
from shared.storage.tables import Thing


class CaseRow(Case, Thing, Base, table=True):
    """One case."""

    __tablename__ = "case_file"


CASE = itself("case")
