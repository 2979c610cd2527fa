"""What a reader of a group sees. Its name often is a village's, so not everyone gets it."""

from services.referrals.groups.domain import Meeting, Status
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import GroupKind, ServiceCode
from shared.ids import OrganisationRef, Ref
from shared.model import C1, CX, Model, Name


class GroupRead(Model):
    """A group and what may be asked of it next."""

    ref: Ref
    version: int
    next: CX[tuple[str, ...]] = ()
    status: Status
    kind: GroupKind
    service: ServiceCode
    organisation_ref: OrganisationRef
    name: C1[Name | None] = None
    formed_on: Day
    closed_on: Day | None = None
    meetings: Count = 0


class MeetingRead(Meeting):
    """A meeting of a group."""

    ref: Ref
