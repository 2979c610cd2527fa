"""What a reader of a hand-over sees: its counts, and by how much list and gate differ."""

from datetime import date

from services.intake.handovers.state import Status
from shared.contracts.intake.handovers import Gate
from shared.contracts.leaves import Country
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0
from shared.reading.answers import Read


class HandoverRead(Read):
    """A hand-over. `differences` counts the lines that need a reason: absent ones and added ones."""

    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    signed_by: C0[StaffRef]
    country: C0[Country]
    gate: C0[Gate]
    planned_day: C0[date]
    announced: C0[int]
    present: C0[int]
    absent: C0[int]
    added: C0[int]
    differences: C0[int]
    head_count: C0[int | None] = None
    countersigned_by: C0[StaffRef | None] = None
    arrived_day: C0[date | None] = None
    receiver_ref: C0[OrganisationRef | None] = None
    host_ref: C0[OrganisationRef | None] = None
    consulate_ref: C0[OrganisationRef | None] = None
