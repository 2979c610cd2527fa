"""What a reader of a household sees: who belongs together, by refs."""

from services.intake.households.domain import Member, Status
from services.intake.persons.schemas import Read
from shared.model import C1


class HouseholdRead(Read):
    """A household."""

    status: Status
    members: C1[tuple[Member, ...] | None] = None
