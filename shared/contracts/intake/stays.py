"""Facts of a stay at a transit centre: a bed, food, what was urgent, and the way home."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.intake.terms import ReceiverKind, VoidReason
from shared.contracts.leaves import Count, Day
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref
from shared.model import Event


class _OfStay(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    stay_ref: Ref


class StayExpected(_OfStay):
    """A centre knows that somebody is coming."""

    type: ClassVar[str] = "intake.stay.expected.v1"
    organisation_ref: OrganisationRef
    day: Day


class StayAdmitted(_OfStay):
    """Somebody has a bed. Who is certainly too young for an interview is not asked, only seen and heard about."""

    type: ClassVar[str] = "intake.stay.admitted.v1"
    organisation_ref: OrganisationRef
    day: Day
    too_young_to_ask: bool = False


class StayUrgentNeedsChecked(_OfStay):
    """Food, rest, medical care and danger were looked to before anything was asked, or waived for a reason."""

    type: ClassVar[str] = "intake.stay.urgent_needs_checked.v1"
    day: Day
    needs: tuple[Annotated[str, CodeOf("urgent_need")], ...] = ()
    waived: bool = False
    reason: Annotated[str, CodeOf("waiver_reason")] | None = None


class StayProvisionRecorded(_OfStay):
    """Something was given to somebody on a day."""

    type: ClassVar[str] = "intake.stay.provision_recorded.v1"
    provision_ref: Ref
    kind: Annotated[str, CodeOf("provision")]
    count: Count
    day: Day


class StayProvisionCorrected(_OfStay):
    """Something else, or another count, was given."""

    type: ClassVar[str] = "intake.stay.provision_corrected.v1"
    provision_ref: Ref
    kind: Annotated[str, CodeOf("provision")]
    count: Count


class StayProvisionVoided(_OfStay):
    """It was entered in error and never given."""

    type: ClassVar[str] = "intake.stay.provision_voided.v1"
    provision_ref: Ref
    reason: VoidReason


class StayTravelArranged(_OfStay):
    """The way home is settled."""

    type: ClassVar[str] = "intake.stay.travel_arranged.v1"
    mode: Annotated[str, CodeOf("travel_mode")]
    escorted: bool
    day: Day


class StayDeparted(_OfStay):
    """Somebody set out for home as arranged."""

    type: ClassVar[str] = "intake.stay.departed.v1"
    day: Day


class StayHandedOver(_OfStay):
    """Somebody was received at home; of a child, by the receiver that was decided."""

    type: ClassVar[str] = "intake.stay.handed_over.v1"
    receiver: ReceiverKind
    person_ref: PersonRef | None = None
    organisation_ref: OrganisationRef | None = None
    day: Day


class StayLeftEarly(_OfStay):
    """An adult chose to go, which is always possible and costs nothing."""

    type: ClassVar[str] = "intake.stay.left_early.v1"
    day: Day


class StayMissing(_OfStay):
    """A child is not where it should be. Everybody who can search must know at once."""

    type: ClassVar[str] = "intake.stay.missing.v1"
    day: Day


class StayFound(_OfStay):
    """A missing child is back at the centre, which hosts it again."""

    type: ClassVar[str] = "intake.stay.found.v1"
    day: Day
    host_ref: OrganisationRef | None = None


class StayCorrected(_OfStay):
    """The centre or the day of a stay was put right. `moved_from` is who hosted until then and does so no longer."""

    type: ClassVar[str] = "intake.stay.corrected.v1"
    organisation_ref: OrganisationRef
    day: Day
    moved_from: OrganisationRef | None = None


class StayVoided(_OfStay):
    """The stay was entered in error. `host_ref` is where another stay of the same case goes on."""

    type: ClassVar[str] = "intake.stay.voided.v1"
    reason: VoidReason
    host_ref: OrganisationRef | None = None
