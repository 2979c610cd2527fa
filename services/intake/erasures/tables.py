"""The row of a request to be forgotten. It holds nothing that names the person, and stays when they are forgotten."""

from sqlmodel import Field

from services.intake.base import Base
from services.intake.erasures.state import Erasure
from shared.auth import OWN
from shared.ids import PersonRef
from shared.storage.tables import Thing


class ErasureRow(Erasure, Thing, Base, table=True):
    """One request to be forgotten."""

    __tablename__ = "erasure"
    person_ref: PersonRef = Field(index=True)


ERASURE = OWN
"""It is that of the organisation whose staff wrote it down."""
