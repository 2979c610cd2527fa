"""The row of a finding of a body of state. It is sealed under itself: who records it is given no key of the case."""

from sqlmodel import Field

from services.screening.base import Base
from services.screening.official_findings.state import Found, OfficialFinding
from shared.auth import Belonging
from shared.model import C3
from shared.storage.tables import Thing, sealed


class OfficialFindingRow(OfficialFinding, Thing, Base, table=True):
    """What one body of state found about one case."""

    __tablename__ = "official_finding"
    case_number: str = Field(index=True)
    found: bytes | None = sealed(Found, C3, subject="ref", kind="official_finding")


OFFICIAL = Belonging(sender="organisation_ref")
"""It belongs to its case, and is that of the organisation that recorded it."""
