"""What may be asked of a household, and which of it each status allows."""

from typing import Annotated

from pydantic import Field

from services.intake.households.state import Member, Status
from shared.codes import CodeOf
from shared.contracts.intake.people import Relationship
from shared.ids import PersonRef, Ref
from shared.model import C1, Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class FormHousehold(Command):
    """These people belong together."""

    ref: Ref | None = None
    members: C1[tuple[Member, ...]] = Field(default=(), max_length=50)


class AddMember(Member, Command):
    """Somebody belongs to it too."""


class RemoveMember(Command):
    """Somebody no longer does."""

    person_ref: PersonRef


class CorrectMember(Correction):
    """The relationship, or whether the caregiver is implicated, is otherwise."""

    person_ref: PersonRef
    relationship: C1[Relationship] = left_out()
    implicated_caregiver: C1[bool] = left_out()


class VoidHousehold(Command):
    """Entered in error."""

    reason: VoidReason


HouseholdCommand = FormHousehold | AddMember | RemoveMember | CorrectMember | VoidHousehold

STATUSES = StatusTable(
    "household",
    opening=frozenset({FormHousehold}),
    allowed={
        Status.FORMED: frozenset({AddMember, RemoveMember, CorrectMember, VoidHousehold}),
        Status.VOIDED: frozenset(),
    },
)
