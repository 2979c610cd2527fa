"""Facts of a case and of what the person agreed to."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.intake.terms import AgeBasis, ConsentPurpose, VoidReason
from shared.contracts.leaves import Assigned, Country, Day, Month, Released
from shared.ids import CaseRef, HandoverRef, HouseholdRef, OrganisationRef, PersonRef, Ref
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


class ConsentVoided(_OfCase):
    """The consent was entered in error and never held."""

    type: ClassVar[str] = "intake.consent.voided.v1"
    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    reason: VoidReason
