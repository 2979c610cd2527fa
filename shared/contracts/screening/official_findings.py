"""Facts of what bodies of state find by themselves. As of any finding, none says what was found."""

from typing import ClassVar

from shared.contracts.leaves import Day
from shared.contracts.screening.terms import Body, VoidReason
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import Event


class _OfFinding(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    finding_ref: Ref


class OfficialFindingRecorded(_OfFinding):
    """A body of state that the holder had told of the case found something, alone and by its own means."""

    type: ClassVar[str] = "screening.official_finding.recorded.v1"
    organisation_ref: OrganisationRef
    body: Body
    day: Day


class OfficialFindingCorrected(_OfFinding):
    """What it found, why, or the day of it was put right."""

    type: ClassVar[str] = "screening.official_finding.corrected.v1"
    day: Day


class OfficialFindingVoided(_OfFinding):
    """It was entered in error."""

    type: ClassVar[str] = "screening.official_finding.voided.v1"
    reason: VoidReason
