"""The table of visits. What the visitor saw and heard is sealed under the case's key."""

from services.referrals.base import Base
from services.referrals.followups.state import Followup, VisitNote
from shared.model import C3
from shared.storage.tables import Thing, sealed


class FollowupRow(Followup, Thing, Base, table=True):
    """One visit."""

    __tablename__ = "followup"
    note: bytes | None = sealed(VisitNote, C3, subject="case_ref")
