"""The household's row: who belongs together, by refs."""

from services.intake.base import Base
from services.intake.households.state import Household
from shared.storage.tables import Thing


class HouseholdRow(Household, Thing, Base, table=True):
    """One household."""

    __tablename__ = "household"
