"""Whose a hand-over is: asked of the group and of every line of it, before anything is told of them."""

from services.intake.handovers.tables import HandoverRow
from shared.auth import Caller, Role
from shared.errors import NotFound
from shared.ids import HandoverRef
from shared.storage.tables import Row
from shared.writing.unit import Unit


def admits(unit: Unit, caller: Caller, ref: HandoverRef, *, countersigns: bool = False) -> None:
    """The sender, the receiver and the host may go on, each in their own roles; anybody else raises NotFound.

    A consulate answers for lists of every sender. Where no receiver was named, whoever countersigns becomes it. Asked
    under the lock of the hand-over, since the host may be named anew.
    """
    row = unit.row(HandoverRow, ref)
    if row is None or caller.role in (Role.CONSULAR_OFFICER, Role.SYSTEM):
        return
    if caller.organisation_ref not in _whose(row, caller, countersigns):
        raise NotFound()


def _whose(row: Row, caller: Caller, countersigns: bool) -> tuple[str | None, ...]:
    if countersigns:
        return (row["receiver_ref"] or caller.organisation_ref,)
    if caller.role is Role.SENDING_AUTHORITY:
        return (row["organisation_ref"],)
    return row["receiver_ref"], row["host_ref"]
