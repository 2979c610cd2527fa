"""What is kept of a goal, and what a rule about it needs beside that."""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.leaves import Day
from shared.contracts.referrals import GoalResult, PlanDomain, ServiceCode
from shared.ids import CaseRef, Ref
from shared.model import C0, C3, Model, Narrative


@labelled("goal_status")
class Status(StrEnum):
    """Whether somebody still works towards the goal."""

    OPEN = "open"
    ENDED = "ended"
    VOIDED = "voided"


@labelled("goal_responsible")
class Responsible(StrEnum):
    """Whose part it is."""

    PERSON = "PERSON"
    CAREGIVER = "CAREGIVER"
    CASEWORKER = "CASEWORKER"
    PROVIDER = "PROVIDER"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"


class Goal(Model):
    """One goal of a plan."""

    case_ref: C0[CaseRef]
    plan_ref: C0[Ref]
    status: C0[Status]
    domain: C0[PlanDomain]
    service: C0[ServiceCode | None] = None
    responsible: C0[Responsible]
    due_on: C0[Day]
    result: C0[GoalResult | None] = None
    ended_on: C0[Day | None] = None


class GoalNote(Model):
    """The goal in the person's own words."""

    text: C3[Narrative]


@dataclass(frozen=True)
class Facts:
    """Which goal of which case, the day, since when its plan is there and whether it can still take goals."""

    goal_ref: Ref
    case_ref: CaseRef
    day: Day
    plan_open: bool = True
    plan_opened_on: Day | None = None
