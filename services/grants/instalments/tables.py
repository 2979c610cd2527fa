"""The instalment's table. Receipts stand in the row: they are few, and count together."""

from sqlmodel import Field

from services.grants.base import Base
from services.grants.instalments.state import Instalment
from shared.ids import Ref
from shared.storage.tables import Thing


class InstalmentRow(Instalment, Thing, Base, table=True):
    """One row per part of a grant."""

    __tablename__ = "instalment"
    application_ref: Ref = Field(index=True)
