"""The hand-over's row: counts and days. Its lines are rows of their own, see `services.intake.lines.tables`."""

from services.intake.base import Base
from services.intake.handovers.state import WAITING, Handover
from shared.auth import Belonging
from shared.storage.tables import Thing


class HandoverRow(Handover, Thing, Base, table=True):
    """One hand-over."""

    __tablename__ = "handover"


HANDOVER = Belonging(
    subject=None,
    holder="host_ref",
    addressee="receiver_ref",
    sender="organisation_ref",
    engaged="consulate_ref",
    waits_in=frozenset(WAITING),
)
"""It is that of who sends the people, of who receives them at the gate, of who takes them in, and of the consulate."""
