"""The case's row. It holds nothing that names the person; what other systems call the case is sealed."""

from typing import Any

from sqlmodel import Field

from services.intake.base import Base
from services.intake.cases.state import Case, Elsewhere
from shared.auth import itself
from shared.columns import Json
from shared.model import C1
from shared.storage.tables import Thing, sealed, stood_clear


class CaseRow(Case, Thing, Base, table=True):
    """One case."""

    __tablename__ = "case_file"

    case_number: str = Field(index=True)
    elsewhere: bytes | None = sealed(Elsewhere, C1, subject="ref", kind="case")
    external_references: list[Any] | None = stood_clear(Json, into="elsewhere", field="external_references", empty=[])


CASE = itself("case", holder="organisation_ref", addressee="offered_to")
"""The organisation that holds it, and the one that was asked to hold it from now on."""
