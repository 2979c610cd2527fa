"""The hand-over's row: counts and days. Its lines are rows of their own, see `services.intake.lines.tables`."""

from services.intake.base import Base
from services.intake.handovers.state import Handover
from shared.auth import Belonging
from shared.storage.tables import Thing


class HandoverRow(Handover, Thing, Base, table=True):
    """One hand-over."""

    __tablename__ = "handover"


HANDOVER = Belonging(subject=None, sender="organisation_ref")
"""A sending authority sees its own hand-overs only."""
