"""What a reader of a group sees. Its name often is a village's, so not everyone gets it."""

from services.referrals.groups.state import Status
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import GroupKind, ServiceCode
from shared.ids import OrganisationRef, Ref
from shared.model import C0, C1, Name
from shared.reading.answers import Read, Returned


class GroupRead(Read):
    """A group and what may be asked of it next."""

    status: C0[Status]
    kind: C0[GroupKind]
    service: C0[ServiceCode]
    organisation_ref: C0[OrganisationRef]
    name: C1[Name | None] = None
    formed_on: C0[Day]
    closed_on: C0[Day | None] = None
    meetings: C0[Count] = 0


class MeetingRead(Returned):
    """A meeting of a group."""

    ref: C0[Ref]
    group_ref: C0[Ref]
    held_on: C0[Day]
    attended: C0[Count]
