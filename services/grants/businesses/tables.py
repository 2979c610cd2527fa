"""The tables of businesses: the business with its visits, and per visit what was said, sealed under the case."""

from sqlmodel import Field

from services.grants.base import Base
from services.grants.businesses.state import Business, Visit, VisitNotes
from shared.ids import Ref
from shared.model import C3
from shared.storage.tables import Thing, sealed


class BusinessRow(Business, Thing, Base, table=True):
    """One row per business."""

    __tablename__ = "business"
    application_ref: Ref = Field(index=True)


class VisitRow(Visit, Thing, Base, table=True):
    """One row per visit, under the visitor's own ref."""

    __tablename__ = "business_visit"
    business_ref: Ref = Field(index=True)
    notes: bytes | None = sealed(VisitNotes, C3, subject="case_ref")
