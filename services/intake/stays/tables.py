"""The stay's row. The bed is where somebody can be found tonight: sealed under the case, class C4."""

from services.intake.base import Base
from services.intake.stays.state import RUNNING, Bed, Stay
from shared.auth import Belonging
from shared.model import C4
from shared.storage.tables import Thing, sealed


class StayRow(Stay, Thing, Base, table=True):
    """One stay."""

    __tablename__ = "stay"

    bed: bytes | None = sealed(Bed, C4, subject="case_ref")


STAY = Belonging(addressee="organisation_ref", while_in=frozenset(RUNNING))
"""It is that of its case, and while it lasts that of who hosts the person."""
