"""Commands on cases. A person seen before keeps their person: the new case names the one before it."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from services.intake.cases import barring, conflicts, custody, domain, elsewhere, opening
from services.intake.cases import commands as ask
from services.intake.cases.commands import STATUSES, CaseCommand
from services.intake.cases.state import Case, Facts, Status, Working
from services.intake.cases.tables import CASE, CaseRow
from services.intake.households.state import Household
from services.intake.persons import handlers as persons
from shared.auth import Caller, admit, authorise, may
from shared.clock import LOCAL, day_begins, local_day
from shared.errors import NotFound
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef, Subject
from shared.model import Command, Decided
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing import leaving
from shared.writing.commands import Commands
from shared.writing.naming import may_be_let_in
from shared.writing.unit import Unit

STAFF = "intake.case.assign"
READ, KNOW = "intake.case.read", "intake.person.read"
BAR = "intake.case.bar"
OfThePerson = ask.DeclareConflict | ask.EndConflict


def _named(peek: Reading, command: ask.OpenCase, *, ref: CaseRef) -> Iterable[str]:
    return [Subject("person", command.person_ref), *elsewhere.said(peek, command, ref=ref)]


def _person(peek: Reading, _command: object = None, *, ref: CaseRef, **_: object) -> Iterable[str]:
    return person_of_case(peek, Subject("case", ref))


def person_of_case(peek: Reading, subject: str) -> list[str]:
    """The sealing subject of the person behind a case, for reactions that evaluate an age."""
    try:
        return [Subject("person", peek.peek(CaseRow, subject.removeprefix("case/"))["person_ref"])]
    except NotFound:
        return []


def holds(unit: Unit, caller: Caller, case: Row) -> bool:
    """Whether the caller says who works on the case: as the holder's supervisor, or in its team."""
    return may(unit, caller, STAFF, CASE.places(unit, case))


def _facts(unit: Unit, caller: Caller, command: CaseCommand, *, ref: CaseRef, state: Case) -> Facts:
    by, same = opening.worker(caller), elsewhere.same(unit, command, ref)
    return Facts(case_ref=ref, day=unit.effective_day, by=by, today=local_day(unit.now), same_elsewhere=same)


def _admits(unit: Unit, caller: Caller, command: CaseCommand, *, ref: CaseRef) -> None:
    """Who works on a case is the holder's affair; to leave it, and to say why one must, is everybody's own."""
    if isinstance(command, ask.AssignCase):
        may_be_let_in(unit, Subject("case", ref), command.staff_ref, command.organisation_ref)
    if isinstance(command, ask.ReleaseCase) and (command.staff_ref, command.organisation_ref) != _own(caller):
        authorise(unit, caller, STAFF, CASE.places(unit, unit.peek(CaseRow, ref)), doing=(STAFF,))
    if isinstance(command, ask.DeclareConflict) and command.staff_ref != caller.staff_ref:
        authorise(unit, caller, BAR, CASE.places(unit, unit.peek(CaseRow, ref)), doing=(BAR,))
    if isinstance(command, ask.CorrectCase) and command.handover_ref is not None:
        row = unit.peek(CaseRow, ref)
        if command.handover_ref != row["handover_ref"]:
            opening.on_its_list(unit, row["person_ref"], command.handover_ref, None)


def _own(caller: Caller) -> tuple[str, str]:
    return caller.staff_ref, caller.organisation_ref


def _streams(peek: Reading, command: Command, row: Row | None, ref: CaseRef) -> Iterable[Subject]:
    """The case. A conflict of interest is of the person, and so of all their cases."""
    if row is not None and isinstance(command, OfThePerson):
        return barring.streams_of_all(peek, ref, row["person_ref"])
    return (Subject("case", ref),)


def _plant(unit: Unit, _caller: Caller, *, ref: CaseRef, before: Case, decided: Decided[Case]) -> None:
    """A team ends by recorded time, whatever day its case was closed on."""
    if decided.state.status is Status.CLOSED and before.status is not Status.CLOSED:
        over = day_begins(local_day(unit.now) + custody.AFTER_CLOSURE + timedelta(days=1))
        unit.later("team_ends", Subject("case", ref), over)
    if before.deserted and not decided.state.deserted:
        leaving.answered(unit, Subject("case", ref), ref)


CASES = Commands(
    "intake.case",
    CaseRow,
    Case,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    private=elsewhere.private,
    admits=_admits,
    after=_plant,
    belonging=CASE,
)
CASES.ordinary("assign", ask.AssignCase)
CASES.ordinary("release", ask.ReleaseCase)
CASES.ordinary("end_access", ask.EndAccess)
CASES.ordinary("end_team", ask.EndTeam)
CASES.ordinary("ask_conflict_end", ask.AskConflictEnd)
CASES.ordinary("offer_transfer", ask.OfferTransfer)
CASES.ordinary("accept_transfer", ask.AcceptTransfer)
CASES.ordinary("decline_transfer", ask.DeclineTransfer)
CASES.ordinary("withdraw_transfer", ask.WithdrawTransfer)
CASES.ordinary("inform", ask.InformBody)
CASES.ordinary("end_informing", ask.EndInforming)
CASES.ordinary("close", ask.CloseCase)
CASES.ordinary("correct", ask.CorrectCase, subjects=elsewhere.said)
CASES.ordinary("void", ask.VoidCase)


@CASES.does("open", ask.OpenCase, subjects=_named, creates=True)
def open_case(unit: Unit, caller: Caller, command: ask.OpenCase, *, ref: CaseRef) -> None:
    """Somebody came home. Whoever opens the case works on it."""
    admit(unit, caller, CASES[ask.OpenCase].handling.action)
    unit.lock(Subject("case", ref), Subject("person", command.person_ref))
    opening.may_open(unit, caller, command)
    if CASES.known(unit, caller, command, ref):
        return
    opening.on_its_list(unit, command.person_ref, command.handover_ref, command.line_ref)
    opening.not_voided(unit, command.person_ref)
    state = unit.find(CaseRow, Case, ref)
    decided = domain.decide(state, command, opening.facts_of_opening(unit, caller, command, ref))
    unit.save(CaseRow, ref, decided, private=elsewhere.private(command))


@CASES.does("declare_conflict", ask.DeclareConflict)
@CASES.does("end_conflict", ask.EndConflict)
def in_every_case(unit: Unit, caller: Caller, command: OfThePerson, *, ref: CaseRef) -> None:
    """Somebody is near to the person, or was found not to be: each of the person's cases says so."""
    CASES.change(unit, caller, command, ref=ref)
    person_ref = unit.peek(CaseRow, ref)["person_ref"]
    unit.restart_if(not set(barring.streams_of_all(unit, ref, person_ref)) <= unit.versions.keys())
    for other in barring.others(unit, ref, person_ref):
        state, _ = unit.load(CaseRow, Case, other, change=False)
        facts = _facts(unit, caller, command, ref=other, state=state)
        unit.save(CaseRow, other, conflicts.follow(state, command, facts))


@CASES.does("evaluate_age", ask.EvaluateAge, subjects=_person)
def evaluate_age(unit: Unit, caller: Caller, command: ask.EvaluateAge, *, ref: CaseRef) -> None:
    """Was the person a child in these months, and are they now?"""
    person_ref = unit.peek(CaseRow, ref)["person_ref"]
    CASES.authorise(unit, caller, command, Subject("case", ref))
    unit.lock(Subject("case", ref), Subject("person", person_ref))
    state, _ = unit.load(CaseRow, Case, ref)
    _evaluate(unit, state, command, ref)


def evaluate_again(unit: Unit, person_ref: PersonRef) -> None:
    """What is known of a birth has changed: every case answers anew, and no earlier answer is rewritten."""
    refs = [row["ref"] for row in unit.select(CaseRow, person_ref=person_ref) if row["age_basis"] is not None]
    if not refs:
        return
    unit.lock(Subject("person", person_ref), *(Subject("case", ref) for ref in refs))
    for ref in refs:
        state, _ = unit.load(CaseRow, Case, ref, change=False)
        if state.status is not Status.VOIDED:
            command = ask.EvaluateAge(first_month=state.first_month, last_month=state.last_month)
            _evaluate(unit, state, command, ref)


def _evaluate(unit: Unit, state: Case, command: ask.EvaluateAge, ref: CaseRef) -> None:
    first = _first_day(command.first_month, command.last_month)
    age = persons.age_of(unit, state.person_ref, unit.effective_day, first)
    facts = Facts(
        case_ref=ref,
        day=unit.effective_day,
        by=opening.worker(unit.caller),
        child_then=age.child_then,
        child_on_day=age.child_on_day,
        basis=age.basis,
    )
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


def _first_day(first: str | None, last: str | None) -> date | None:
    """The earliest day it may have begun, since the youngest age protects. Only an end known: that month's last day."""
    if first is not None:
        return date.fromisoformat(f"{first}-01")
    if last is None:
        return None
    year, month = map(int, last.split("-"))
    return date(year, month, monthrange(year, month)[1])


@CASES.does("reopen", ask.ReopenCase)
def reopen(unit: Unit, caller: Caller, command: ask.ReopenCase, *, ref: CaseRef) -> None:
    """There is work to do again. Holds the person's lock as well, so that nobody strikes the person out meanwhile."""
    person_ref = unit.peek(CaseRow, ref)["person_ref"]
    CASES.authorise(unit, caller, command, Subject("case", ref))
    unit.lock(Subject("case", ref), Subject("person", person_ref))
    state, _ = unit.load(CaseRow, Case, ref)
    opening.not_voided(unit, person_ref)
    unit.save(CaseRow, ref, domain.decide(state, command, _facts(unit, caller, command, ref=ref, state=state)))


def let_go(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Somebody left: they work on no case any more, and people are called where nobody of the holder does."""
    subjects = leaving.left_behind(unit, staff_ref, organisation_ref)
    unit.lock(*subjects)
    for subject in subjects:
        ref = subject.removeprefix("case/")
        state, _ = unit.load(CaseRow, Case, ref, change=False)
        facts = Facts(case_ref=ref, day=unit.effective_day, by=opening.worker(unit.caller))
        decided = custody.left(state, staff_ref, organisation_ref, facts)
        unit.save(CaseRow, ref, decided)
        if decided.events and decided.state.deserted:
            leaving.call_people(unit, subject, ref)


def deserted(unit: Unit, ref: CaseRef) -> bool:
    """Whether the case is open, and nobody of the organisation that holds it works on it."""
    return state_of(Case, unit.peek(CaseRow, ref)).deserted


def join(unit: Unit, ref: CaseRef, household_ref: str | None, household: Household) -> None:
    """Called by the household, inside its unit, whose lock holds the case's stream."""
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    implicated = () if household_ref is None else opening.others_implicated(household, state.person_ref)
    command = ask.JoinHousehold(household_ref=household_ref, implicated=implicated)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=opening.worker(unit.caller))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


def let_in(unit: Unit, ref: CaseRef, worker: Working, until: date) -> None:
    """Called by the access request, inside its unit, whose lock holds the case. A right ends by recorded time."""
    may_be_let_in(unit, Subject("case", ref), worker.staff_ref, worker.organisation_ref)
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    command = ask.LetIn(**worker.model_dump(), until=until)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=opening.worker(unit.caller), today=local_day(unit.now))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))
    over = datetime.combine(until + timedelta(days=1), time(), LOCAL).astimezone(UTC)
    unit.later("access_ends", Subject("case", ref), over)


def erase(unit: Unit, ref: CaseRef, erasure_ref: Ref) -> None:
    """Called by the order to forget the person, inside its unit, whose lock holds the case's stream."""
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=opening.worker(unit.caller))
    unit.save(CaseRow, ref, custody.erased(state, erasure_ref, facts))
