"""What is done with applications. Budget, instalments and business follow in the same write."""

from collections.abc import Callable, Iterable

from services.grants.applications import commands as ask
from services.grants.applications.domain import decide, without
from services.grants.applications.gathering import around, facts_of, instalments_of
from services.grants.applications.state import Application, Status
from services.grants.applications.tables import ApplicationRow
from services.grants.businesses import domain as businesses
from services.grants.businesses.state import Facts as BusinessFacts
from services.grants.businesses.tables import BusinessRow
from services.grants.instalments import domain as instalments
from services.grants.instalments import state as parts
from services.grants.instalments.commands import CancelInstalment
from services.grants.instalments.tables import InstalmentRow
from services.grants.programmes.movement import Movement, commit, reserve, uncommit, unreserve
from services.grants.programmes.state import Programme
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller
from shared.contracts import grants as told
from shared.ids import OrganisationRef, Ref, StaffRef, Subject
from shared.model import Decided, Event, Model
from shared.writing import leaving
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.naming import named_by_holder
from shared.writing.unit import Unit

Moves = Callable[[Programme, Movement], Decided[Programme]]


def _private(command: ask.ApplicationCommand) -> dict[str, Model | None]:
    """The words beside the plan, when the command has them; None empties them."""
    return {"notes": getattr(command, "notes", None)} if "notes" in command.model_fields_set else {}


def _money_follows(
    unit: Unit, caller: Caller, *, ref: Ref, before: Application | None, decided: Decided[Application]
) -> None:
    grant = decided.state
    if before is not None and before.deserted and not grant.deserted:
        leaving.answered(unit, Subject("case", grant.case_ref), ref)
    match before and before.status, grant.status:
        case Status.COMMITTEE_REVIEW, Status.APPROVED:
            _move(unit, reserve, grant, ref, grant.granted)
        case Status.APPROVED, Status.AGREEMENT_SIGNED:
            _move(unit, commit, grant, ref, grant.granted)
            _begin(unit, caller, grant, ref)
        case Status.APPROVED, Status.CANCELLED | Status.VOIDED:
            _move(unit, unreserve, grant, ref, grant.granted)
        case _, Status.TERMINATED | Status.CANCELLED | Status.VOIDED:
            _drop_what_is_left(unit, caller, grant, ref, _reason(decided.events))


def _move(unit: Unit, moves: Moves, grant: Application, ref: Ref, amount: int) -> Programme:
    programme, _ = unit.load(ProgrammeRow, Programme, grant.programme_ref, change=False)
    moved = moves(programme, Movement(grant.programme_ref, ref, amount))
    unit.save(ProgrammeRow, grant.programme_ref, moved)
    return moved.state


def _begin(unit: Unit, caller: Caller, grant: Application, ref: Ref) -> None:
    """The instalments and the business that the agreement foresees."""
    programme, _ = unit.load(ProgrammeRow, Programme, grant.programme_ref, change=False)
    refs = {"case_ref": grant.case_ref, "application_ref": ref, "programme_ref": grant.programme_ref}
    for part in parts.parts_of(grant.granted, programme, **refs):
        part_ref = unit.derive("instalment", ref, str(part.number))
        about = _about_part(unit, caller, part_ref, grant, programme)
        unit.save(InstalmentRow, part_ref, instalments.plan(part, about))
    business_ref = unit.derive("business", ref)
    begun = BusinessFacts(business_ref, caller.staff_ref, unit.effective_day)
    planned = businesses.plan(grant.case_ref, ref, grant.plan.activity, grant.plan.place, begun)
    unit.save(BusinessRow, business_ref, planned)


def _about_part(unit: Unit, caller: Caller, part_ref: Ref, grant: Application, programme: Programme) -> parts.Facts:
    return parts.Facts(
        instalment_ref=part_ref,
        actor=caller.staff_ref,
        day=unit.effective_day,
        programme=programme,
        hands=grant.hands,
        approved=grant.granted,
        others=0,
    )


def _drop_what_is_left(unit: Unit, caller: Caller, grant: Application, ref: Ref, reason: str) -> None:
    """Free what was promised; what was handed over stays given."""
    left = [
        part_ref
        for part_ref, part in instalments_of(unit, ref).items()
        if part.status not in parts.HANDED_OVER | parts.DROPPED
    ]
    programme, _ = unit.load(ProgrammeRow, Programme, grant.programme_ref, change=False)
    total = 0
    for part_ref in left:
        part, _ = unit.load(InstalmentRow, parts.Instalment, part_ref, change=False)
        about = _about_part(unit, caller, part_ref, grant, programme)
        unit.save(InstalmentRow, part_ref, instalments.decide(part, CancelInstalment(reason=reason), about))
        total += part.amount
    if left:
        _move(unit, uncommit, grant, ref, total)


def _reason(events: Iterable[Event]) -> str:
    """Why the grant ended, which is why its instalments do; an application entered in error needed none."""
    ends = (event for event in events if isinstance(event, told.ApplicationTerminated | told.ApplicationCancelled))
    return next((event.reason for event in ends), "NOT_NEEDED")


OTHERS = "grants.application.assign_others"
NAMING = (ask.AssignStaff, ask.ReleaseStaff, ask.SendToCommittee)
APPLICATIONS = Commands(
    "grants.application",
    ApplicationRow,
    Application,
    ask.STATUSES,
    decide,
    facts=facts_of,
    streams=around,
    private=_private,
    after=_money_follows,
    admits=named_by_holder(ApplicationRow, dict.fromkeys(NAMING, OTHERS), leaving=frozenset({ask.ReleaseStaff})),
)
APPLICATIONS.ordinary("draft", ask.DraftApplication, subjects=case_of(ApplicationRow))
APPLICATIONS.ordinary("correct", ask.CorrectApplication, subjects=case_of(ApplicationRow))
APPLICATIONS.ordinary("submit", ask.SubmitApplication)
APPLICATIONS.ordinary("assign", ask.AssignStaff, if_match=False)
APPLICATIONS.ordinary("release", ask.ReleaseStaff, if_match=False)
APPLICATIONS.ordinary("except_holder", ask.ExceptHolder)
APPLICATIONS.ordinary("check_eligibility", ask.CheckEligibility)
APPLICATIONS.ordinary("assess", ask.AssessApplication)
APPLICATIONS.ordinary("send_to_committee", ask.SendToCommittee)
APPLICATIONS.ordinary("vote", ask.CastVote, if_match=False)
APPLICATIONS.ordinary("approve", ask.ApproveApplication)
APPLICATIONS.ordinary("request_revision", ask.RequestRevision)
APPLICATIONS.ordinary("reject", ask.RejectApplication)
APPLICATIONS.ordinary("defer", ask.DeferApplication)
APPLICATIONS.ordinary("sign_agreement", ask.SignAgreement)
APPLICATIONS.ordinary("suspend", ask.SuspendApplication)
APPLICATIONS.ordinary("resume", ask.ResumeApplication)
APPLICATIONS.ordinary("complete", ask.CompleteApplication)
APPLICATIONS.ordinary("terminate", ask.TerminateApplication)
APPLICATIONS.ordinary("cancel", ask.CancelApplication)
APPLICATIONS.ordinary("void", ask.VoidApplication)


def let_go(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Somebody left: they have no duty in any grant, and people are called where nobody else has one."""
    subjects = leaving.left_behind(unit, staff_ref, organisation_ref)
    unit.lock(*subjects)
    for subject in subjects:
        for row in unit.select(ApplicationRow, case_ref=subject.removeprefix("case/")):
            state, _ = unit.load(ApplicationRow, Application, row["ref"], change=False)
            decided = without(state, row["ref"], staff_ref, organisation_ref)
            unit.save(ApplicationRow, row["ref"], decided)
            if decided.events and decided.state.deserted:
                leaving.call_people(unit, subject, row["ref"])


def deserted(unit: Unit, ref: Ref) -> bool:
    """Whether an application or its grant goes on, and nobody has a duty in it."""
    state = unit.find(ApplicationRow, Application, ref)
    return state is not None and state.deserted
