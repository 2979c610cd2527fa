"""The household's row: who belongs together, by refs."""

from services.intake.base import Base
from services.intake.cases.tables import CASE, CaseRow
from services.intake.households.state import Household
from shared.auth import Via, itself
from shared.storage.tables import Thing


class HouseholdRow(Household, Thing, Base, table=True):
    """One household."""

    __tablename__ = "household"


HOUSEHOLD = itself("household", holder="organisation_ref", via=Via(CaseRow, "ref", "household_ref", CASE))
"""It is that of the organisation that formed it, and of those who hold cases of it."""
