"""What is kept of a proposal, and what a rule about it needs beside that.

It stands beside the directory, not in it: until a second steward confirms it, the directory says what it said before.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.referrals.organisations.state import OfferedService, Organisation
from services.referrals.stewards.state import Steward
from shared.codes import labelled
from shared.contracts.leaves import Country
from shared.contracts.referrals import (
    THE_DIRECTORY,
    DeclineReason,
    OrganisationKind,
    PauseReason,
    ProposalAct,
    VoidReason,
)
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C0, Given, Model, Name


@labelled("proposal_status")
class Status(StrEnum):
    """Whether a second steward has answered."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProposedEntry(Given):
    """What the directory is to say of an organisation."""

    kind: C0[OrganisationKind | None] = None
    name: C0[Name | None] = None
    alternate_name: C0[Name | None] = None
    country: C0[Country | None] = None
    services: C0[tuple[OfferedService, ...] | None] = None


class Proposal(Model):
    """What is proposed, about which organisation, by whom and for whom, and how it was answered.

    `said` names the fields of the entry that are to change; the others stay. `staff_ref` is of somebody who is to be
    appointed or removed; how they are called is sealed.
    """

    status: C0[Status]
    directory_ref: C0[Ref] = THE_DIRECTORY
    act: C0[ProposalAct]
    organisation_ref: C0[OrganisationRef]
    entry: C0[ProposedEntry | None] = None
    said: C0[tuple[str, ...]] = ()
    pause_reason: C0[PauseReason | None] = None
    void_reason: C0[VoidReason | None] = None
    staff_ref: C0[StaffRef | None] = None
    proposed_by: C0[StaffRef]
    proposed_for: C0[OrganisationRef]
    answered_by: C0[StaffRef | None] = None
    decline_reason: C0[DeclineReason | None] = None


@dataclass(frozen=True)
class Facts:
    """Which proposal, who asks and for whom, what the directory says now, and who looks after it.

    `steward` is the entry of the register that somebody is to be removed from.
    """

    proposal_ref: Ref
    by: StaffRef
    by_organisation: OrganisationRef
    entry: Organisation | None = None
    active: tuple[Steward, ...] = ()
    steward: Steward | None = None
