"""Collects what an assessment and a decision need: opened answers, what intake told, what other bodies found."""

from collections.abc import Iterable

from services.screening.determinations import rules
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.deciding import Facts
from services.screening.determinations.engine import Known, assess
from services.screening.determinations.state import Decider, Findings, Outcome, Status
from services.screening.determinations.tables import DeterminationRow
from services.screening.facets import IntakeFacet
from services.screening.interviews import forms
from services.screening.interviews.queries import given
from services.screening.interviews.state import Profile
from services.screening.interviews.state import Status as InterviewStatus
from services.screening.interviews.tables import AnswerRow, InterviewRow
from shared.auth import Caller
from shared.ids import CaseRef, Ref
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.unit import Unit

FOUND = frozenset({Status.DETERMINED, Status.AMENDED, Status.UNDER_REVIEW})
ENDED = frozenset({InterviewStatus.COMPLETED, InterviewStatus.STOPPED, InterviewStatus.REFUSED})
KEEP_APART = frozenset({"NO_FAMILY_CONTACT", "NO_FAMILY_PLACEMENT", "SEPARATE_ROOM"})


def assessed(unit: Unit, interview_ref: Ref, ruleset: rules.Ruleset = rules.LATEST) -> Assessment:
    """What the rules suggest from the answers of an interview and what intake knows of the age."""
    interview = unit.peek(InterviewRow, interview_ref)
    intake = unit.facet(f"case/{interview['case_ref']}", "intake", IntakeFacet)
    answers = (given(unit, row) for row in unit.select(AnswerRow, interview_ref=interview_ref))
    form = forms.form_of(interview["form"]) if interview["form"] else forms.LATEST
    stopped = interview["status"] != InterviewStatus.COMPLETED
    return assess(ruleset, form, answers, Known(_child_then(intake, interview["status"]), stopped))


def _child_then(intake: IntakeFacet, status: str) -> bool | None:
    """As intake evaluated it. After a refusal no months are known to ask about, so the day of opening decides."""
    if intake.child_then is None and status == InterviewStatus.REFUSED and not intake.is_minor:
        return False
    return intake.child_then


def facts_for(unit: Unit, caller: Caller, row: Row, suggestion: Assessment) -> Facts:
    """What the rules of deciding need, for a determination that stands in a row."""
    subject = f"case/{row['case_ref']}"
    intake = unit.facet(subject, "intake", IntakeFacet)
    found = unit.open(DeterminationRow, row, "found") if row["found"] is not None else Findings()
    child = suggestion.profile is Profile.CHILD
    ruleset = rules.ruleset_of(suggestion.ruleset)
    return Facts(
        ref=row["ref"],
        day=unit.effective_day,
        by=by(caller),
        suggested=suggestion.outcome,
        child=child,
        flags=suggestion.flags,
        interviewers=frozenset(_interviewers(unit, row["interview_ref"])),
        findings=found,
        others=tuple(outcome for ref, outcome in found_in(unit, row["case_ref"]).items() if ref != row["ref"]),
        opens=ruleset.entitlements[Profile.CHILD if intake.child_on_day else Profile.ADULT],
        handling=handling_of(suggestion, intake),
        ruleset=suggestion.ruleset,
    )


def handling_of(suggestion: Assessment, intake: IntakeFacet) -> tuple[str, ...]:
    """How to treat the person: by the answers, and by whom intake suspects."""
    apart = KEEP_APART if intake.implicated and suggestion.profile is Profile.CHILD else frozenset()
    return tuple(sorted({*suggestion.handling, *apart}))


def by(caller: Caller) -> Decider:
    """The caller, as one who decides."""
    return Decider(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref, role=caller.role)


def found_in(reading: Reading, case_ref: CaseRef) -> dict[Ref, Outcome]:
    """What each body has found about a case, by its determination."""
    return {
        row["ref"]: reading.open(DeterminationRow, row, "found").made[-1].outcome
        for row in rows_of(reading, case_ref)
        if row["status"] in FOUND
    }


def rows_of(reading: Reading, case_ref: CaseRef) -> Iterable[Row]:
    """All determinations of a case, oldest first."""
    return reading.select(DeterminationRow, case_ref=case_ref)


def _interviewers(unit: Unit, interview_ref: Ref) -> Iterable[str]:
    lead = unit.peek(InterviewRow, interview_ref)["lead"]
    yield from (row["staff_ref"] for row in unit.select(AnswerRow, interview_ref=interview_ref))
    if lead is not None:
        yield lead
