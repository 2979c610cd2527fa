"""The application's table. Amounts and codes are clear; the applicant's words are sealed under the case."""

from sqlmodel import Field

from services.grants.applications.state import Application, PlanNotes
from services.grants.base import Base
from shared.ids import HouseholdRef
from shared.model import C3
from shared.storage.tables import Thing, sealed


class ApplicationRow(Application, Thing, Base, table=True):
    """One row per application."""

    __tablename__ = "application"
    household_ref: HouseholdRef | None = Field(default=None, index=True)
    notes: bytes | None = sealed(PlanNotes, C3, subject="case_ref")
