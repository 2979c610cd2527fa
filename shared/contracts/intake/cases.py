"""Facts of a case and of what the person agreed to."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.intake.terms import AgeBasis, ConsentPurpose, VoidReason
from shared.contracts.leaves import Assigned, Country, Day, Month, RelationKind, Released
from shared.ids import CaseRef, HandoverRef, HouseholdRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import Event


class _OfCase(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef


class CaseOpened(_OfCase):
    """A person came home and is a case; somebody seen before keeps their person and gets a new case."""

    type: ClassVar[str] = "intake.case.opened.v1"
    organisation_ref: OrganisationRef
    country: Country
    is_minor: bool
    opened: Day
    previous_case_ref: CaseRef | None = None
    household_ref: HouseholdRef | None = None
    handover_ref: HandoverRef | None = None


class CaseHouseholdChanged(_OfCase):
    """The person of this case belongs to another household now, or to none."""

    type: ClassVar[str] = "intake.case.household_changed.v1"
    household_ref: HouseholdRef | None


class CaseCaregiverImplicated(_OfCase):
    """Whether a caregiver in the household of this case is suspected of exploiting."""

    type: ClassVar[str] = "intake.case.caregiver_implicated.v1"
    household_ref: HouseholdRef
    person_ref: PersonRef
    implicated: bool


class CaseAssigned(Assigned, _OfCase):
    """Somebody now works on the case."""

    type: ClassVar[str] = "intake.case.assigned.v1"


class CaseReleased(Released, _OfCase):
    """Somebody no longer works on the case."""

    type: ClassVar[str] = "intake.case.released.v1"


class CaseAgeEvaluated(_OfCase):
    """Whether the person was a child while exploited, and on the day asked for. Never an age, never a birth date."""

    type: ClassVar[str] = "intake.case.age_evaluated.v1"
    child_then: bool
    child_on_day: bool
    basis: AgeBasis
    as_of: Day
    first_month: Month | None = None
    last_month: Month | None = None


class CaseClosed(_OfCase):
    """The plan has ended, and the case with it."""

    type: ClassVar[str] = "intake.case.closed.v1"
    day: Day


class CaseReopened(_OfCase):
    """The case needs work again."""

    type: ClassVar[str] = "intake.case.reopened.v1"
    day: Day


class CaseCorrected(_OfCase):
    """Details of a case were put right."""

    type: ClassVar[str] = "intake.case.corrected.v1"
    country: Country
    is_minor: bool
    opened: Day
    handover_ref: HandoverRef | None = None


class CaseTransferOffered(_OfCase):
    """The organisation that holds the case asks another one to hold it from now on."""

    type: ClassVar[str] = "intake.case.transfer_offered.v1"
    organisation_ref: OrganisationRef
    reason: Annotated[str, CodeOf("transfer_reason")]


class CaseTransferAccepted(_OfCase):
    """That organisation holds the case now; the team of the one before it has been released."""

    type: ClassVar[str] = "intake.case.transfer_accepted.v1"
    organisation_ref: OrganisationRef


class CaseTransferDeclined(_OfCase):
    """That organisation does not take the case; it stays where it is."""

    type: ClassVar[str] = "intake.case.transfer_declined.v1"
    organisation_ref: OrganisationRef


class CaseTransferWithdrawn(_OfCase):
    """The offer to that organisation holds no longer."""

    type: ClassVar[str] = "intake.case.transfer_withdrawn.v1"
    organisation_ref: OrganisationRef


class _OfAccess(_OfCase):
    request_ref: Ref
    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    kind: RelationKind


class CaseAccessRequested(_OfAccess):
    """Somebody of another organisation asks to work on the case, as what, and why."""

    type: ClassVar[str] = "intake.case.access_requested.v1"
    reason: Annotated[str, CodeOf("access_reason")]


class CaseAccessGranted(_OfAccess):
    """They may, until the end of a day; granted again, until a later one."""

    type: ClassVar[str] = "intake.case.access_granted.v1"
    until: Day


class CaseAccessRefused(_OfAccess):
    """They may not."""

    type: ClassVar[str] = "intake.case.access_refused.v1"


class CaseConflictDeclared(_OfCase):
    """Somebody has an interest in the case that is not their work's: nothing of it is open to them, anywhere."""

    type: ClassVar[str] = "intake.case.conflict_declared.v1"
    staff_ref: StaffRef


class CaseConflictEnded(_OfCase):
    """Two supervisors of the holder found that they have none any more, or never had."""

    type: ClassVar[str] = "intake.case.conflict_ended.v1"
    staff_ref: StaffRef


class _OfGlass(_OfCase):
    glass_ref: Ref
    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class CaseGlassBroken(_OfGlass):
    """Somebody of the holder, not in the team, sees who and where the person is for an hour, because of a danger."""

    type: ClassVar[str] = "intake.case.glass_broken.v1"


class CaseGlassEnded(_OfGlass):
    """They see it no longer."""

    type: ClassVar[str] = "intake.case.glass_ended.v1"


class CaseReadingOpened(_OfCase):
    """Somebody outside the team sees where the person is for an hour, since a second person agreed to it."""

    type: ClassVar[str] = "intake.case.reading_opened.v1"
    reading_ref: Ref
    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    confirmed_by: StaffRef


class CaseReadingEnded(_OfCase):
    """They see it no longer."""

    type: ClassVar[str] = "intake.case.reading_ended.v1"
    reading_ref: Ref
    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class CaseInformed(_OfCase):
    """The holder told a body of state of the case: it may record what it finds itself, and is shown nothing else."""

    type: ClassVar[str] = "intake.case.informed.v1"
    organisation_ref: OrganisationRef


class CaseInformingEnded(_OfCase):
    """That body records nothing more about it."""

    type: ClassVar[str] = "intake.case.informing_ended.v1"
    organisation_ref: OrganisationRef


class CaseVoided(_OfCase):
    """The case was entered in error."""

    type: ClassVar[str] = "intake.case.voided.v1"
    reason: VoidReason


class ConsentGranted(_OfCase):
    """The person agreed to one purpose, for one recipient where it is about sharing; an exception is named."""

    type: ClassVar[str] = "intake.consent.granted.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    valid_until: Day | None = None
    exception: Annotated[str, CodeOf("consent_exception")] | None = None


class ConsentRefused(_OfCase):
    """The person did not agree. Nothing else depends on it."""

    type: ClassVar[str] = "intake.consent.refused.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None


class ConsentExpired(_OfCase):
    """The time agreed to is over."""

    type: ClassVar[str] = "intake.consent.expired.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None


class ConsentWithdrawn(_OfCase):
    """The person took it back; from now on nothing more is used or sent."""

    type: ClassVar[str] = "intake.consent.withdrawn.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None


class ConsentCorrected(_OfCase):
    """Until when a consent holds was put right."""

    type: ClassVar[str] = "intake.consent.corrected.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    valid_until: Day | None = None


class ConsentConfirmed(_OfCase):
    """A second person confirmed that something is done without consent, and why; it holds until this day."""

    type: ClassVar[str] = "intake.consent.confirmed.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    valid_until: Day | None = None


class ConsentVoided(_OfCase):
    """The consent was entered in error and never held."""

    type: ClassVar[str] = "intake.consent.voided.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    reason: VoidReason
