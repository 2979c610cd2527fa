"""Facts of a hand-over: the list, the gate, and what became of every line."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.intake.terms import LineStatus, NationalityAnswer, VoidReason
from shared.contracts.leaves import Count, Country, Day
from shared.ids import HandoverRef, LineRef, OrganisationRef
from shared.model import Event

Gate = Annotated[str, CodeOf("border_gate")]


class _OfHandover(Event):
    stream: ClassVar[str] = "handover"
    handover_ref: HandoverRef


class HandoverAnnounced(_OfHandover):
    """A list of people arrived from the sending authority."""

    type: ClassVar[str] = "intake.handover.announced.v1"
    organisation_ref: OrganisationRef
    country: Country
    gate: Gate
    planned_day: Day
    announced: Count
    receiver_ref: OrganisationRef | None = None
    host_ref: OrganisationRef | None = None


class LineAnswered(_OfHandover):
    """A consular officer answered for the nationality of one line."""

    type: ClassVar[str] = "intake.handover.line_answered.v1"
    line_ref: LineRef
    nationality: NationalityAnswer


class HandoverConfirmed(_OfHandover):
    """Every line has an answer from the consulate."""

    type: ClassVar[str] = "intake.handover.confirmed.v1"
    confirmed: Count
    unclear: Count
    refused: Count


class HandoverArrived(_OfHandover):
    """The group stood at the gate, was counted and countersigned for."""

    type: ClassVar[str] = "intake.handover.arrived.v1"
    gate: Gate
    head_count: Count
    day: Day
    receiver_ref: OrganisationRef | None = None
    host_ref: OrganisationRef | None = None


class LineReconciled(_OfHandover):
    """It is known of one line whether the person came; an added line is a person without one."""

    type: ClassVar[str] = "intake.handover.line_reconciled.v1"
    line_ref: LineRef
    status: LineStatus
    reason: Annotated[str, CodeOf("absence_reason")] | None = None


class LineCorrected(_OfHandover):
    """What was entered beside a line was put right; the line itself stays as received."""

    type: ClassVar[str] = "intake.handover.line_corrected.v1"
    line_ref: LineRef


class LineVoided(_OfHandover):
    """An added line was entered in error."""

    type: ClassVar[str] = "intake.handover.line_voided.v1"
    line_ref: LineRef
    reason: VoidReason


class HandoverReconciled(_OfHandover):
    """List and gate agree, line by line."""

    type: ClassVar[str] = "intake.handover.reconciled.v1"
    announced: Count
    present: Count
    absent: Count
    added: Count


class HandoverClosed(_OfHandover):
    """Nothing more is expected of this hand-over."""

    type: ClassVar[str] = "intake.handover.closed.v1"


class HandoverPostponed(_OfHandover):
    """The group comes later."""

    type: ClassVar[str] = "intake.handover.postponed.v1"
    reason: Annotated[str, CodeOf("postponement_reason")]
    planned_day: Day | None = None


class HandoverCancelled(_OfHandover):
    """The group does not come."""

    type: ClassVar[str] = "intake.handover.cancelled.v1"
    reason: Annotated[str, CodeOf("postponement_reason")]


class HandoverCorrected(_OfHandover):
    """Details of a hand-over were put right; the list stays as received."""

    type: ClassVar[str] = "intake.handover.corrected.v1"
    gate: Gate
    planned_day: Day
    head_count: Count | None = None
    host_ref: OrganisationRef | None = None


class HandoverVoided(_OfHandover):
    """The hand-over was entered in error."""

    type: ClassVar[str] = "intake.handover.voided.v1"
    reason: VoidReason
