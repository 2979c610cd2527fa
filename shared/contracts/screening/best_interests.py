"""Facts of a decision in a child's best interests: to whom the child may go. Why is never told."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.leaves import Assigned, Count, Day, Released
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


class BestInterestsProposed(_OfBestInterests):
    """Somebody proposed a receiver and so many members to decide it. The child may still go to nobody."""

    type: ClassVar[str] = "screening.best_interests.proposed.v1"
    panel: bool
    members: Count
    day: Day


class BestInterestsConfirmed(_OfBestInterests):
    """One more of those who were asked decides so, under their own identity; others are still asked."""

    type: ClassVar[str] = "screening.best_interests.confirmed.v1"
    confirmed: Count
    members: Count
    day: Day


class BestInterestsObjected(_OfBestInterests):
    """One of those who were asked does not decide so; the proposal is over."""

    type: ClassVar[str] = "screening.best_interests.objected.v1"
    reason: Annotated[str, CodeOf("panel_objection")]
    day: Day


class BestInterestsWithdrawn(_OfBestInterests):
    """What was proposed is over, and nobody is asked any more."""

    type: ClassVar[str] = "screening.best_interests.withdrawn.v1"
    day: Day


class BestInterestsAssigned(Assigned, _OfBestInterests):
    """A member of the panel may read what they are asked about."""

    type: ClassVar[str] = "screening.best_interests.assigned.v1"


class BestInterestsReleased(Released, _OfBestInterests):
    """They may not any more: it was decided or is over, or they are asked no longer."""

    type: ClassVar[str] = "screening.best_interests.released.v1"


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
