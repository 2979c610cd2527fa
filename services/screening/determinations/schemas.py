"""What a reader of a determination sees. Outcome and reasons come only to those who work on the case."""

from datetime import date

from services.screening.determinations.assessment import Assessment
from services.screening.determinations.state import Decider, Finding, Outcome, Status
from shared.contracts.screening import Body
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, Narrative
from shared.reading.answers import Read, Returned


class DeterminationRead(Read):
    """One body's determination: what was suggested, what was found, by whom, and every finding before it."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    interview_ref: C0[Ref]
    body: C0[Body]
    assessment: C0[int]
    ruleset: C0[str]
    suggested_on: C0[date]
    taking_part: C0[tuple[StaffRef, ...]] = ()
    proposed_by: C0[StaffRef | None] = None
    deciders: C0[tuple[Decider, ...]] = ()
    decided_on: C0[date | None] = None
    reviewed_on: C0[date | None] = None
    findings: C0[int]
    suggested: C3[Outcome | None] = None
    outcome: C3[Outcome | None] = None
    departs: C3[bool | None] = None
    flags: C3[tuple[str, ...] | None] = None
    proposed: C3[Finding | None] = None
    made: C3[tuple[Finding, ...] | None] = None


class SentenceRead(Returned):
    """One reason in three languages."""

    key: C3[str]
    km: C3[str]
    vi: C3[str]
    en: C3[str]


class AssessmentRead(Returned):
    """A suggestion with everything that led to it. Absent without the right to read it."""

    ref: C0[Ref]
    case_ref: C0[CaseRef]
    assessment_number: C0[int]
    ruleset: C0[str]
    assessment: C3[Assessment | None] = None
    sentences: C3[tuple[SentenceRead, ...] | None] = None


class BodyFinding(Returned):
    """What one body says."""

    ref: C0[Ref]
    body: C0[Body]
    status: C0[Status]
    outcome: C3[Outcome | None] = None


class OfficialFound(Returned):
    """What a body of state found by itself: it says so, and no rule here rests on it."""

    ref: C0[Ref]
    organisation_ref: C0[OrganisationRef]
    body: C0[Body]
    found_on: C0[date]
    outcome: C3[Outcome | None] = None
    words: C3[Narrative | None] = None


class FindingsRead(Returned):
    """What all bodies say of a case, which of it governs services, and whether they disagree."""

    case_ref: C0[CaseRef]
    bodies: C0[tuple[BodyFinding, ...]]
    official: C0[tuple[OfficialFound, ...]] = ()
    governing: C3[Outcome | None] = None
    disagree: C3[bool | None] = None
