"""Commands on cases. A person seen before keeps their person: the new case names the one before it."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from services.intake.cases import commands as ask
from services.intake.cases import custody, domain
from services.intake.cases.commands import STATUSES, CaseCommand
from services.intake.cases.state import Case, Facts, Status, Worker, Working
from services.intake.cases.tables import CASE, CaseRow
from services.intake.handovers.tables import HandoverRow
from services.intake.households.state import Household
from services.intake.households.tables import HouseholdRow
from services.intake.lines.tables import LineRow
from services.intake.persons import handlers as persons
from services.intake.persons.state import Status as PersonStatus
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, Place, admit, authorise, may
from shared.clock import LOCAL, day_begins, local_day
from shared.errors import NotFound, Refused
from shared.ids import CaseRef, HandoverRef, OrganisationRef, PersonRef, StaffRef, Subject, case_number
from shared.model import Decided
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing import leaving
from shared.writing.commands import Commands, on_itself
from shared.writing.unit import Unit

STAFF = "intake.case.assign"
BAR = "intake.case.bar"


def _named(_peek: Reading, command: ask.OpenCase, **_: object) -> Iterable[str]:
    return [Subject("person", command.person_ref)]


def _person(peek: Reading, _command: object = None, *, ref: CaseRef, **_: object) -> Iterable[str]:
    return person_of_case(peek, Subject("case", ref))


def person_of_case(peek: Reading, subject: str) -> list[str]:
    """The sealing subject of the person behind a case, for reactions that evaluate an age."""
    try:
        return [Subject("person", peek.peek(CaseRow, subject.removeprefix("case/"))["person_ref"])]
    except NotFound:
        return []


def _not_voided(unit: Unit, person_ref: PersonRef) -> None:
    """No case is open about a registration that was struck out. The caller holds the person's lock."""
    if unit.peek(PersonRow, person_ref)["status"] == PersonStatus.VOIDED:
        raise Refused("person_voided")


def _may_open(unit: Unit, caller: Caller, command: ask.OpenCase) -> None:
    """A case from a hand-over is the host's to open; any other is opened where the person was registered.

    Nobody comes to a person by naming them. The caller holds the person's lock.
    """
    person = unit.peek(PersonRow, command.person_ref)
    line = None if person["line_ref"] is None else unit.peek(LineRow, person["line_ref"])
    listed = None if line is None else _host(unit, line["handover_ref"])
    CASES.authorise(unit, caller, command, (Place(holder=listed or person["organisation_ref"]),))
    named = None if command.line_ref is None else unit.row(LineRow, command.line_ref)
    host = _host(unit, command.handover_ref or (None if named is None else named["handover_ref"]))
    if host is not None:
        CASES.authorise(unit, caller, command, (Place(holder=host),))


def _host(unit: Unit, handover_ref: HandoverRef | None) -> OrganisationRef | None:
    row = None if handover_ref is None else unit.row(HandoverRow, handover_ref)
    return None if row is None else row["host_ref"]


def _opening(unit: Unit, caller: Caller, command: ask.OpenCase, ref: CaseRef) -> Facts:
    person = unit.peek(PersonRow, command.person_ref)
    before = [row for row in unit.select(CaseRow, person_ref=command.person_ref) if row["ref"] != ref]
    known = [row for row in before if row["status"] != Status.VOIDED]
    same = [row for row in known if row["status"] == Status.OPEN]
    household = None
    if person["household_ref"] is not None:
        household = unit.find(HouseholdRow, Household, person["household_ref"])
    day = unit.effective_day
    return Facts(
        case_ref=ref,
        day=day,
        by=_worker(caller),
        case_number=case_number(ref),
        child_on_day=persons.age_of(unit, command.person_ref, day).child_on_day,
        previous_case_ref=known[-1]["ref"] if known else None,
        open_for_same_handover=any(row["handover_ref"] == command.handover_ref for row in same),
        household_ref=person["household_ref"],
        implicated=_others(household, command.person_ref),
        on_line=_on_line(unit, command),
    )


def _on_line(unit: Unit, command: ask.OpenCase) -> bool:
    """Whether the line that a case is opened from is of the hand-over named beside it, and no other person's."""
    if command.line_ref is None:
        return True
    line = unit.row(LineRow, command.line_ref)
    there = unit.select(PersonRow, line_ref=command.line_ref, status=PersonStatus.REGISTERED.value)
    others = any(person["ref"] != command.person_ref for person in there)
    return line is not None and command.handover_ref in (None, line["handover_ref"]) and not others


def _others(household: Household | None, person_ref: PersonRef) -> tuple[PersonRef, ...]:
    """The implicated caregivers of a household, as one of its members must be kept safe from them."""
    return () if household is None else tuple(ref for ref in household.implicated if ref != person_ref)


def holds(unit: Unit, caller: Caller, case: Row) -> bool:
    """Whether the caller says who works on the case: as the holder's supervisor, or in its team."""
    return may(unit, caller, STAFF, CASE.places(unit, case))


def _worker(caller: Caller, kind: str = "TEAM") -> Worker:
    return Worker(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref, kind=kind)


def _facts(unit: Unit, caller: Caller, _command: CaseCommand, *, ref: CaseRef, state: Case) -> Facts:
    return Facts(case_ref=ref, day=unit.effective_day, by=_worker(caller), today=local_day(unit.now))


def _admits(unit: Unit, caller: Caller, command: CaseCommand, *, ref: CaseRef) -> None:
    """Who works on a case is the holder's affair; to leave it, and to say why one must, is everybody's own."""
    if isinstance(command, ask.AssignCase):
        leaving.refuse_who_left(unit, command.staff_ref, command.organisation_ref)
    if isinstance(command, ask.ReleaseCase) and (command.staff_ref, command.organisation_ref) != _own(caller):
        authorise(unit, caller, STAFF, CASE.places(unit, unit.peek(CaseRow, ref)))
    if isinstance(command, ask.DeclareConflict) and command.staff_ref != caller.staff_ref:
        authorise(unit, caller, BAR, CASE.places(unit, unit.peek(CaseRow, ref)))


def _own(caller: Caller) -> tuple[str, str]:
    return caller.staff_ref, caller.organisation_ref


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
    streams=on_itself("case"),
    admits=_admits,
    after=_plant,
    belonging=CASE,
)
CASES.ordinary("assign", ask.AssignCase)
CASES.ordinary("release", ask.ReleaseCase)
CASES.ordinary("end_access", ask.EndAccess)
CASES.ordinary("end_team", ask.EndTeam)
CASES.ordinary("declare_conflict", ask.DeclareConflict)
CASES.ordinary("ask_conflict_end", ask.AskConflictEnd)
CASES.ordinary("end_conflict", ask.EndConflict)
CASES.ordinary("offer_transfer", ask.OfferTransfer)
CASES.ordinary("accept_transfer", ask.AcceptTransfer)
CASES.ordinary("decline_transfer", ask.DeclineTransfer)
CASES.ordinary("withdraw_transfer", ask.WithdrawTransfer)
CASES.ordinary("inform", ask.InformBody)
CASES.ordinary("end_informing", ask.EndInforming)
CASES.ordinary("close", ask.CloseCase)
CASES.ordinary("correct", ask.CorrectCase)
CASES.ordinary("void", ask.VoidCase)


@CASES.does("open", ask.OpenCase, subjects=_named, creates=True)
def open_case(unit: Unit, caller: Caller, command: ask.OpenCase, *, ref: CaseRef) -> None:
    """Somebody came home. Whoever opens the case works on it."""
    admit(unit, caller, CASES[ask.OpenCase].handling.action)
    unit.lock(Subject("case", ref), Subject("person", command.person_ref))
    _may_open(unit, caller, command)
    if unit.known(CaseRow, ref, command):
        return unit.answer_about(CaseRow, Case, ref)
    _not_voided(unit, command.person_ref)
    state = unit.find(CaseRow, Case, ref)
    decided = domain.decide(state, command, _opening(unit, caller, command, ref))
    unit.save(CaseRow, ref, decided)


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
        by=_worker(unit.caller),
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
    _not_voided(unit, person_ref)
    unit.save(CaseRow, ref, domain.decide(state, command, _facts(unit, caller, command, ref=ref, state=state)))


def let_go(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Somebody left: they work on no case any more, and people are called where nobody of the holder does."""
    subjects = leaving.left_behind(unit, staff_ref, organisation_ref)
    unit.lock(*subjects)
    for subject in subjects:
        ref = subject.removeprefix("case/")
        state, _ = unit.load(CaseRow, Case, ref, change=False)
        facts = Facts(case_ref=ref, day=unit.effective_day, by=_worker(unit.caller))
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
    implicated = () if household_ref is None else _others(household, state.person_ref)
    command = ask.JoinHousehold(household_ref=household_ref, implicated=implicated)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=_worker(unit.caller))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


def let_in(unit: Unit, ref: CaseRef, worker: Working, until: date) -> None:
    """Called by the access request, inside its unit, whose lock holds the case. A right ends by recorded time."""
    leaving.refuse_who_left(unit, worker.staff_ref, worker.organisation_ref)
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    command = ask.LetIn(**worker.model_dump(), until=until)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=_worker(unit.caller), today=local_day(unit.now))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))
    over = datetime.combine(until + timedelta(days=1), time(), LOCAL).astimezone(UTC)
    unit.later("access_ends", Subject("case", ref), over)
