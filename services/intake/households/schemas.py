"""What a reader of a household sees: who belongs together, by refs."""

from services.intake.households.state import Lifting, Member, Status
from shared.model import C0, C1
from shared.reading.answers import Read


class HouseholdRead(Read):
    """A household."""

    status: C0[Status]
    members: C1[tuple[Member, ...] | None] = None
    lifting: C1[Lifting | None] = None
