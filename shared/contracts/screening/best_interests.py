"""Facts of a decision in a child's best interests: to whom the child may go. Why is never told."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.leaves import Count, Day
from shared.contracts.screening.terms import ReceiverKind, VoidReason
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref
from shared.model import Event


class _OfBestInterests(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    best_interests_ref: Ref


class BestInterestsRequired(_OfBestInterests):
    """A child may be handed over to nobody until it is decided to whom."""

    type: ClassVar[str] = "screening.best_interests.required.v1"
    cause: Annotated[str, CodeOf("best_interests_cause")]
    panel: bool
    day: Day


class BestInterestsDecided(_OfBestInterests):
    """The child may be handed over to this receiver, and to no other; when to look at it again."""

    type: ClassVar[str] = "screening.best_interests.decided.v1"
    receiver: ReceiverKind
    person_ref: PersonRef | None = None
    organisation_ref: OrganisationRef | None = None
    panel: bool
    deciders: Count
    exception: bool = False
    review_day: Day
    day: Day


class BestInterestsReopened(_OfBestInterests):
    """What was decided is looked at again; the child may be handed over to nobody meanwhile."""

    type: ClassVar[str] = "screening.best_interests.reopened.v1"
    cause: Annotated[str, CodeOf("best_interests_cause")]
    panel: bool
    day: Day


class BestInterestsCorrected(_OfBestInterests):
    """The day on which to look again was put right."""

    type: ClassVar[str] = "screening.best_interests.corrected.v1"
    review_day: Day


class BestInterestsVoided(_OfBestInterests):
    """The decision was entered in error and lets nobody take the child."""

    type: ClassVar[str] = "screening.best_interests.voided.v1"
    reason: VoidReason
