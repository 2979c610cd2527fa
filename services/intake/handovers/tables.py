"""The hand-over's row: counts and days. Its lines are rows of their own, see `services.intake.lines.tables`."""

from services.intake.base import Base
from services.intake.handovers.state import Handover
from shared.auth import Belonging
from shared.storage.tables import Thing


class HandoverRow(Handover, Thing, Base, table=True):
    """One hand-over."""

    __tablename__ = "handover"


HANDOVER = Belonging(subject=None, holder="host_ref", addressee="receiver_ref", sender="organisation_ref")
"""It is that of who sends the people, of who receives them at the gate, and of who takes them in."""
