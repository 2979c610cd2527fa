"""The household's row: who belongs together, by refs."""

from services.intake.base import Base
from services.intake.cases.state import Status
from services.intake.cases.tables import CASE, CaseRow
from services.intake.households.state import Household
from shared.auth import Via, itself
from shared.storage.tables import Thing


class HouseholdRow(Household, Thing, Base, table=True):
    """One household."""

    __tablename__ = "household"


THROUGH_CASES = Via(CaseRow, "ref", "household_ref", CASE, gone=Status.VOIDED)
HOUSEHOLD = itself("household", entered_for="organisation_ref", via=THROUGH_CASES)
"""It is that of the organisation that formed it, until there is a case of it: then of those who work on one."""
