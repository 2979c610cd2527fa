"""The line's row. What the sending side wrote is sealed under the line itself: one of many must be erasable alone."""

from services.intake.base import Base
from services.intake.handovers.tables import HANDOVER, HandoverRow
from services.intake.lines.state import AsReceived, Line, Remarks
from shared.auth import Belonging, Via
from shared.model import C2, C3
from shared.storage.tables import Thing, sealed


class LineRow(Line, Thing, Base, table=True):
    """One line."""

    __tablename__ = "line"

    as_received: bytes | None = sealed(AsReceived, C2, subject="ref", kind="line")
    remarks: bytes | None = sealed(Remarks, C3, subject="ref", kind="line")


LINE = Belonging(subject=None, via=Via(HandoverRow, "handover_ref", "ref", HANDOVER))
"""A line is whose its hand-over is."""
