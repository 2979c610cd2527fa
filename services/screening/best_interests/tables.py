"""The row of a best-interests decision. What the child said is sealed under the case."""

from services.screening.base import Base
from services.screening.best_interests.state import BestInterests, Grounds
from shared.model import C3
from shared.storage.tables import Thing, sealed


class BestInterestsRow(BestInterests, Thing, Base, table=True):
    """One decision about one child."""

    __tablename__ = "best_interests"
    grounds: bytes | None = sealed(Grounds, C3, subject="case_ref")
