"""What a reader of a determination sees. Outcome and reasons come only to those who work on the case."""

from datetime import date

from services.screening.determinations.assessment import Assessment
from services.screening.determinations.state import Decider, Finding, Outcome, Status
from shared.contracts.screening import Body
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C0, C3, CX, Model


class DeterminationRead(Model):
    """One body's determination: what was suggested, what was found, by whom, and every finding before it."""

    ref: Ref
    version: int
    status: Status
    next: CX[tuple[str, ...]]
    case_ref: CaseRef
    interview_ref: Ref
    body: Body
    assessment: int
    ruleset: C0[str]
    suggested_on: date
    taking_part: tuple[StaffRef, ...]
    proposed_by: StaffRef | None
    deciders: tuple[Decider, ...]
    decided_on: date | None
    findings: int
    suggested: C3[Outcome | None] = None
    outcome: C3[Outcome | None] = None
    departs: C3[bool | None] = None
    flags: C3[tuple[str, ...] | None] = None
    proposed: C3[Finding | None] = None
    made: C3[tuple[Finding, ...] | None] = None


class SentenceRead(Model):
    """One reason in three languages."""

    key: C3[str]
    km: C3[str]
    vi: C3[str]
    en: C3[str]


class AssessmentRead(Model):
    """A suggestion with everything that led to it. Absent without the right to read it."""

    ref: Ref
    case_ref: CaseRef
    assessment_number: int
    ruleset: C0[str]
    assessment: C3[Assessment | None] = None
    sentences: C3[tuple[SentenceRead, ...] | None] = None


class BodyFinding(Model):
    """What one body says."""

    ref: Ref
    body: Body
    status: Status
    outcome: C3[Outcome | None] = None


class FindingsRead(Model):
    """What all bodies say of a case, which of it governs services, and whether they disagree."""

    case_ref: CaseRef
    bodies: tuple[BodyFinding, ...]
    governing: C3[Outcome | None] = None
    disagree: C3[bool | None] = None
