"""Facts of a request to be forgotten. They name refs and codes; why, in words, is told to nobody."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.intake.terms import ErasureOutcome
from shared.contracts.leaves import Count, Day, ErasureConfirmed
from shared.ids import CaseRef, PersonRef, Ref
from shared.model import Event

ErasureGround = Annotated[str, CodeOf("erasure_ground")]


class _OfErasure(Event):
    stream: ClassVar[str] = "erasure"
    erasure_ref: Ref


class ErasureRequested(_OfErasure):
    """Somebody asked to be forgotten; the clocks of the law run."""

    type: ClassVar[str] = "intake.erasure.requested.v1"
    person_ref: PersonRef
    asked_on: Day


class ErasureDecided(_OfErasure):
    """A privacy officer decided on it. What is executed is told of each case, and of the person, as well."""

    type: ClassVar[str] = "intake.erasure.decided.v1"
    outcome: ErasureOutcome
    ground: ErasureGround
    until: Day | None = None


class ErasureHoldLifted(_OfErasure):
    """What the law kept from being destroyed may be destroyed again."""

    type: ClassVar[str] = "intake.erasure.hold_lifted.v1"


class CaseErased(Event):
    """The case is shut to everybody; each service destroys what it has of it, and says so."""

    type: ClassVar[str] = "intake.case.erased.v1"
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    erasure_ref: Ref


class CaseErasureConfirmed(ErasureConfirmed):
    """Intake destroyed what it had of a case."""

    type: ClassVar[str] = "intake.case.erasure_confirmed.v1"


class PersonErased(Event):
    """Who the person is, is shut to everybody and destroyed."""

    type: ClassVar[str] = "intake.person.erased.v1"
    stream: ClassVar[str] = "person"
    person_ref: PersonRef
    erasure_ref: Ref


class PersonErasureConfirmed(Event):
    """Intake destroyed who the person is, and their lines of lists."""

    type: ClassVar[str] = "intake.person.erasure_confirmed.v1"
    stream: ClassVar[str] = "person"
    person_ref: PersonRef
    erasure_ref: Ref
    rows: Count
    keys: Count
