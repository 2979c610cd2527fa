"""The row of a broken glass. Why it was broken is sealed under the case."""

from sqlmodel import Field

from services.intake.base import Base
from services.intake.glass.state import Glass, GlassWords
from shared.ids import StaffRef
from shared.model import C3
from shared.storage.tables import Thing, sealed


class GlassRow(Glass, Thing, Base, table=True):
    """One broken glass."""

    __tablename__ = "glass"
    staff_ref: StaffRef = Field(index=True)

    words: bytes | None = sealed(GlassWords, C3, subject="case_ref")
