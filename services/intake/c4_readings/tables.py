"""The row of a reading by two people."""

from sqlmodel import Field

from services.intake.base import Base
from services.intake.c4_readings.state import C4Reading
from shared.ids import StaffRef
from shared.storage.tables import Thing


class C4ReadingRow(C4Reading, Thing, Base, table=True):
    """One reading by two people."""

    __tablename__ = "c4_reading"
    staff_ref: StaffRef = Field(index=True)
