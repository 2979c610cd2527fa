"""The case's row. It holds nothing that names the person."""

from sqlmodel import Field

from services.intake.base import Base
from services.intake.cases.state import Case
from shared.storage.tables import Thing


class CaseRow(Case, Thing, Base, table=True):
    """One case."""

    __tablename__ = "case_file"

    case_number: str = Field(index=True)
