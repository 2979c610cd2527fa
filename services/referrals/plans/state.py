"""What is kept of a plan, and what a rule about it needs beside that."""

from dataclasses import dataclass, field
from enum import StrEnum

from services.referrals.plans.closure import OpenWork
from shared.codes import labelled
from shared.contracts.leaves import Day
from shared.contracts.referrals import ClosureReason, NearDay, OverrideReason, Signatory, SignatureKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0, C1, Given, Model


@labelled("plan_status")
class Status(StrEnum):
    """How far the plan is."""

    OPENED = "opened"
    AGREED = "agreed"
    ACTIVE = "active"
    CLOSED = "closed"
    VOIDED = "voided"


class Worker(Model):
    """Somebody who works on the plan, and for whom."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]


class Signature(Given):
    """Who agreed and how. A caregiver is named by ref, since one who is implicated may not sign."""

    party: C0[Signatory]
    kind: C0[SignatureKind]
    person_ref: C1[PersonRef | None] = None


class Transfer(Given):
    """An attempt to find somebody else who goes on helping."""

    organisation_ref: C0[OrganisationRef]
    tried_on: C0[NearDay]
    accepted: C0[bool]


class Plan(Model):
    """The plan of one case."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    opened_on: C0[Day]
    workers: C0[tuple[Worker, ...]] = ()
    signatures: C1[tuple[Signature, ...]] = ()
    agreed_on: C0[Day | None] = None
    closed_on: C0[Day | None] = None
    reason: C0[ClosureReason | None] = None
    override: C0[OverrideReason | None] = None
    transfers: C0[tuple[Transfer, ...]] = ()

    @property
    def deserted(self) -> bool:
        """Whether it is under way, and nobody works on it."""
        return self.status not in (Status.CLOSED, Status.VOIDED) and not self.workers


@dataclass(frozen=True)
class Facts:
    """Which plan, the day, who acts (nobody, when the case itself opens it), and what stands around the plan."""

    plan_ref: Ref
    day: Day
    case_opened_on: Day | None = None
    child: bool = True
    implicated: frozenset[PersonRef] = frozenset()
    supervisor: bool = False
    by: Worker | None = None
    other_plan: bool = False
    work: OpenWork = field(default_factory=OpenWork)
