"""What a reader of a hand-over sees: its counts, and by how much list and gate differ."""

from datetime import date

from services.intake.handovers.domain import Status
from services.intake.persons.schemas import Read
from shared.contracts.intake.handovers import Gate
from shared.contracts.leaves import Country
from shared.ids import OrganisationRef, StaffRef


class HandoverRead(Read):
    """A hand-over. `differences` counts the lines that need a reason: absent ones and added ones."""

    status: Status
    organisation_ref: OrganisationRef
    signed_by: StaffRef
    country: Country
    gate: Gate
    planned_day: date
    announced: int
    present: int
    absent: int
    added: int
    differences: int
    head_count: int | None = None
    countersigned_by: StaffRef | None = None
    arrived_day: date | None = None
