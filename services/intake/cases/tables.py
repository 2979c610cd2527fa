"""The case's row. It holds nothing that names the person."""

from sqlmodel import Field

from services.intake.base import Base
from services.intake.cases.state import Case
from shared.auth import itself
from shared.storage.tables import Thing


class CaseRow(Case, Thing, Base, table=True):
    """One case."""

    __tablename__ = "case_file"

    case_number: str = Field(index=True)


CASE = itself("case", holder="organisation_ref", addressee="offered_to")
"""The organisation that holds it, and the one that was asked to hold it from now on."""
