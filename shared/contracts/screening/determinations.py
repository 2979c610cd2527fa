"""Events of a finding. None carries the finding: others need to know what somebody may have and how to treat them.

Entitlements and handling are always those of the whole case, after the most protective of all bodies' findings, so the
last event received says what holds.
"""

from typing import ClassVar

from shared.contracts.leaves import Assigned, Count, Day, Released
from shared.contracts.screening.terms import AmendmentReason, Body, Entitlement, Handling, VoidReason
from shared.ids import CaseRef, Ref
from shared.model import Event


class _OfDetermination(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    determination_ref: Ref


class DeterminationSuggested(_OfDetermination):
    """The rules suggest a finding to a body that will decide; how to treat the person holds at once."""

    type: ClassVar[str] = "screening.determination.suggested.v1"
    body: Body
    handling: tuple[Handling, ...] = ()
    day: Day


class DeterminationAssigned(Assigned, _OfDetermination):
    """Somebody takes part in deciding."""

    type: ClassVar[str] = "screening.determination.assigned.v1"


class DeterminationReleased(Released, _OfDetermination):
    """Their part in deciding is over: it was decided, or was void."""

    type: ClassVar[str] = "screening.determination.released.v1"


class DeterminationProposed(_OfDetermination):
    """One person has decided and another must confirm before it holds."""

    type: ClassVar[str] = "screening.determination.proposed.v1"
    body: Body
    day: Day


class DeterminationRejected(_OfDetermination):
    """The second person did not confirm; somebody has to decide anew."""

    type: ClassVar[str] = "screening.determination.rejected.v1"
    body: Body
    day: Day


class DeterminationMade(_OfDetermination):
    """Named people of a body have decided; what the person may have and how they are to be treated."""

    type: ClassVar[str] = "screening.determination.made.v1"
    body: Body
    deciders: Count
    entitlements: tuple[Entitlement, ...] = ()
    handling: tuple[Handling, ...] = ()
    day: Day


class DeterminationReviewOpened(_OfDetermination):
    """A finding is looked at again; until then it stands."""

    type: ClassVar[str] = "screening.determination.review_opened.v1"
    body: Body
    reason: AmendmentReason
    day: Day


class DeterminationAmended(_OfDetermination):
    """The body has decided again after a review; the earlier finding is kept."""

    type: ClassVar[str] = "screening.determination.amended.v1"
    body: Body
    deciders: Count
    entitlements: tuple[Entitlement, ...] = ()
    handling: tuple[Handling, ...] = ()
    day: Day


class DeterminationCorrected(_OfDetermination):
    """The day of a finding was put right."""

    type: ClassVar[str] = "screening.determination.corrected.v1"
    day: Day


class DeterminationVoided(_OfDetermination):
    """The finding was entered in error; what holds without it."""

    type: ClassVar[str] = "screening.determination.voided.v1"
    reason: VoidReason
    entitlements: tuple[Entitlement, ...] = ()
    handling: tuple[Handling, ...] = ()
