"""What is kept of a group and of its meetings, and what a rule about them needs beside that.

A group knows how many came to a meeting, never who; who came is a fact of each member's own case.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import GroupKind, ServiceCode
from shared.ids import OrganisationRef, Ref
from shared.model import C0, C1, Model, Name


@labelled("group_status")
class Status(StrEnum):
    """Whether people may join."""

    ACTIVE = "active"
    CLOSED = "closed"
    VOIDED = "voided"


class Group(Model):
    """A group of people or households. Its name often is a village's."""

    status: C0[Status]
    kind: C0[GroupKind]
    service: C0[ServiceCode]
    organisation_ref: C0[OrganisationRef]
    name: C1[Name]
    formed_on: C0[Day]
    closed_on: C0[Day | None] = None
    meetings: C0[Count] = 0


class Meeting(Model):
    """One meeting: which group, which day, how many members came."""

    group_ref: C0[Ref]
    held_on: C0[Day]
    attended: C0[Count]


@dataclass(frozen=True)
class Facts:
    """Which group, whose, the day on which it happened, and the days of its first and last meeting."""

    group_ref: Ref
    organisation_ref: OrganisationRef
    day: Day
    first_met_on: Day | None = None
    last_met_on: Day | None = None
