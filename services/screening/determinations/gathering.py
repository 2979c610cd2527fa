"""Collects what an assessment and a decision need: opened answers, what intake told, what other bodies found."""

from collections.abc import Iterable
from typing import Any

from services.screening.determinations import rules
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.bodies import bodies_of
from services.screening.determinations.commands import SuggestDetermination
from services.screening.determinations.deciding import Facts
from services.screening.determinations.engine import Known, assess
from services.screening.determinations.state import Decider, Determination, Findings, Outcome, Party, Status
from services.screening.determinations.tables import DeterminationRow
from services.screening.facets import DirectoryFacet, IntakeFacet, ScreeningFacet
from services.screening.interviews import forms
from services.screening.interviews.queries import given
from services.screening.interviews.state import Profile
from services.screening.interviews.state import Status as InterviewStatus
from services.screening.interviews.tables import AnswerRow, InterviewRow
from shared.auth import Caller, Role
from shared.errors import NotFound
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.unit import Unit

FOUND = frozenset({Status.DETERMINED, Status.AMENDED, Status.UNDER_REVIEW})
ENDED = frozenset({InterviewStatus.COMPLETED, InterviewStatus.STOPPED, InterviewStatus.REFUSED})
KEEP_APART = frozenset({"NO_FAMILY_CONTACT", "NO_FAMILY_PLACEMENT", "SEPARATE_ROOM"})


def assessed(unit: Unit, interview: Row, ruleset: rules.Ruleset = rules.LATEST) -> Assessment:
    """What the rules suggest from the answers of an interview and what intake knows of the age."""
    intake = unit.facet(Subject("case", interview["case_ref"]), "intake", IntakeFacet)
    answers = (given(unit, row) for row in unit.select(AnswerRow, interview_ref=interview["ref"]))
    form = forms.form_of(interview["form"]) if interview["form"] else forms.LATEST
    stopped = interview["status"] != InterviewStatus.COMPLETED
    return assess(ruleset, form, answers, Known(_child_then(intake, interview["status"]), stopped))


def _child_then(intake: IntakeFacet, status: str) -> bool | None:
    """As intake evaluated it. After a refusal no months are known to ask about, so the day of opening decides."""
    if intake.child_then is None and status == InterviewStatus.REFUSED and not intake.is_minor:
        return False
    return intake.child_then


def facts_of_new(unit: Unit, caller: Caller, command: SuggestDetermination, ref: Ref) -> Facts:
    """What the rules of deciding need, before there is a determination. An interview of another case is not found."""
    interview = unit.peek(InterviewRow, command.interview_ref)
    if interview["case_ref"] != command.case_ref:
        raise NotFound()
    known = _about(unit, caller, ref, interview)
    case = Subject("case", command.case_ref)
    intake, own = unit.facet(case, "intake", IntakeFacet), unit.facet(case, "screening", ScreeningFacet)
    suggestion = assessed(unit, interview)
    others = [row for row in rows_of(unit, command.case_ref) if row["status"] != Status.VOIDED]
    return Facts(
        **known,
        handling=handling_of(suggestion, intake, own),
        ruleset=suggestion.ruleset,
        suggestion=suggestion,
        ready=interview["status"] in ENDED,
        body_has_one=any(row["body"] == command.body for row in others),
    )


def facts_for(unit: Unit, caller: Caller, ref: Ref, *, again: bool) -> Facts:
    """What the rules of deciding need, for one that stands; `again`: by what the rules suggest now."""
    row = unit.peek(DeterminationRow, ref)
    interview = unit.peek(InterviewRow, row["interview_ref"])
    case = Subject("case", row["case_ref"])
    intake, own = unit.facet(case, "intake", IntakeFacet), unit.facet(case, "screening", ScreeningFacet)
    before: Assessment = unit.open(DeterminationRow, row, "suggestion")
    suggestion = assessed(unit, interview) if again else before
    ruleset = rules.ruleset_of(suggestion.ruleset)
    return Facts(
        **_about(unit, caller, ref, interview),
        suggested=suggestion.outcome,
        child=suggestion.profile is Profile.CHILD,
        flags=suggestion.flags,
        interviewers=frozenset(_interviewers(unit, interview)),
        findings=unit.open(DeterminationRow, row, "found") or Findings(),
        others=tuple(outcome for other, outcome in found_in(unit, row["case_ref"]).items() if other != ref),
        opens=ruleset.entitlements[Profile.CHILD if intake.child_on_day else Profile.ADULT],
        handling=handling_of(suggestion, intake, own),
        ruleset=suggestion.ruleset,
        suggestion=suggestion if again else None,
        changed=suggestion != before,
        elsewhere=_taking_part_elsewhere(unit, row),
    )


def _taking_part_elsewhere(unit: Unit, row: Row) -> frozenset[Party]:
    """Who takes part in what other bodies of the case decide."""
    others = (state_of(Determination, one) for one in rows_of(unit, row["case_ref"]) if one["ref"] != row["ref"])
    return frozenset(party for other in others for party in other.parties)


def _about(unit: Unit, caller: Caller, ref: Ref, interview: Row) -> dict[str, Any]:
    by = Decider(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref, role=caller.role)
    entry = unit.facet(Subject("organisation", caller.organisation_ref), "referrals", DirectoryFacet)
    return {
        "ref": ref,
        "day": unit.effective_day,
        "heard": caller.role is Role.SYSTEM,
        "by": by,
        "interview_ended": interview["ended"],
        "bodies": bodies_of(entry.kind),
    }


def handling_of(suggestion: Assessment, intake: IntakeFacet, own: ScreeningFacet) -> tuple[str, ...]:
    """How to treat the person: by the answers, by whom intake suspects, and by what was lost."""
    apart = KEEP_APART if intake.implicated and suggestion.profile is Profile.CHILD else frozenset()
    return tuple(sorted({*suggestion.handling, *apart, *own.kept_handling}))


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


def _interviewers(unit: Unit, interview: Row) -> Iterable[str]:
    yield from (row["staff_ref"] for row in unit.select(AnswerRow, interview_ref=interview["ref"]))
    if interview["lead"] is not None:
        yield interview["lead"]
