"""What may be asked of something given, and which of it each status allows."""

from typing import Annotated

from pydantic import Field

from services.intake.provisions.state import ProvisionKind, Status
from shared.codes import CodeOf
from shared.ids import Ref
from shared.model import Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class RecordProvision(Command):
    """One thing given, under a ref of the client."""

    ref: Ref
    stay_ref: Ref
    kind: ProvisionKind
    count: Annotated[int, Field(ge=1, le=1000)] = 1


class RecordProvisions(Command):
    """What was given at one time, to one person or to all."""

    lines: Annotated[tuple[RecordProvision, ...], Field(min_length=1, max_length=1000)]


class CorrectProvision(Correction):
    """Another kind or another count."""

    kind: ProvisionKind = left_out()
    count: Annotated[int, Field(ge=1, le=1000)] = left_out()


class VoidProvision(Command):
    """Entered in error."""

    reason: VoidReason


ProvisionCommand = RecordProvision | CorrectProvision | VoidProvision

STATUSES = StatusTable(
    "provision",
    opening=frozenset({RecordProvision}),
    allowed={Status.GIVEN: frozenset({CorrectProvision, VoidProvision}), Status.VOIDED: frozenset()},
)
