"""Commands on cases. A person seen before keeps their person: the new case names the one before it."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from services.intake.cases import barring, conflicts, custody, domain
from services.intake.cases import commands as ask
from services.intake.cases.commands import STATUSES, CaseCommand
from services.intake.cases.state import Case, Facts, Status, Worker, Working
from services.intake.cases.tables import CASE, CaseRow
from services.intake.handovers.tables import HandoverRow
from services.intake.households.state import Household
from services.intake.households.tables import HouseholdRow
from services.intake.lines.tables import LineRow
from services.intake.persons import handlers as persons
from services.intake.persons.state import Status as PersonStatus
from services.intake.persons.tables import PERSON, PersonRow
from shared.auth import Caller, Place, admit, authorise, may
from shared.clock import LOCAL, day_begins, local_day
from shared.errors import NotFound, Refused
from shared.ids import CaseRef, HandoverRef, LineRef, OrganisationRef, PersonRef, Subject, case_number
from shared.model import Command, Decided
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.naming import not_barred
from shared.writing.unit import Unit

STAFF = "intake.case.assign"
READ, KNOW = "intake.case.read", "intake.person.read"
BAR = "intake.case.bar"
OfThePerson = ask.DeclareConflict | ask.EndConflict


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

    Nobody comes to a person by naming them, nor past a bar in any of their cases; once there was one, only who may
    read the person opens another. The caller holds the person's lock.
    """
    person, cases = unit.peek(PersonRow, command.person_ref), unit.select(CaseRow, person_ref=command.person_ref)
    line = None if person["line_ref"] is None else unit.peek(LineRow, person["line_ref"])
    listed, bars = None if line is None else _host(unit, line["handover_ref"]), barring.at_person(cases)
    CASES.authorise(unit, caller, command, (Place(holder=listed or person["organisation_ref"]), bars))
    host = _host(unit, command.handover_ref)
    if host is not None:
        CASES.authorise(unit, caller, command, (Place(holder=host), bars))
    if any(row["status"] != Status.VOIDED for row in cases):
        authorise(unit, caller, KNOW, PERSON.places(unit, person))


def _host(unit: Unit, handover_ref: HandoverRef | None) -> OrganisationRef | None:
    row = None if handover_ref is None else unit.row(HandoverRow, handover_ref)
    return None if row is None else row["host_ref"]


def _on_its_list(unit: Unit, person_ref: PersonRef, handover_ref: HandoverRef | None, line_ref: LineRef | None) -> None:
    """A case comes from a hand-over on which its person stands. Any other one looks as if it were not there."""
    own = unit.peek(PersonRow, person_ref)["line_ref"]
    line = None if own is None else unit.peek(LineRow, own)
    if handover_ref is not None and (line is None or line["handover_ref"] != handover_ref):
        raise NotFound()
    if line_ref is not None and line_ref != own:
        raise NotFound()


def _opening(unit: Unit, caller: Caller, command: ask.OpenCase, ref: CaseRef) -> Facts:
    person = unit.peek(PersonRow, command.person_ref)
    before = [row for row in unit.select(CaseRow, person_ref=command.person_ref) if row["ref"] != ref]
    known = [row for row in before if row["status"] != Status.VOIDED]
    same = [row for row in known if row["status"] == Status.OPEN and row["handover_ref"] == command.handover_ref]
    for row in same:  # that there is one is told to those who may read it
        authorise(unit, caller, READ, CASE.places(unit, row))
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
        open_for_same_handover=bool(same),
        household_ref=person["household_ref"],
        implicated=_others(household, command.person_ref),
        conflicts=tuple(barring.standing(before)),
    )


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
    if isinstance(command, ask.ReleaseCase) and (command.staff_ref, command.organisation_ref) != _own(caller):
        authorise(unit, caller, STAFF, CASE.places(unit, unit.peek(CaseRow, ref)))
    if isinstance(command, ask.AssignCase):
        not_barred(unit, caller, Subject("case", ref), command.staff_ref)
    if isinstance(command, ask.DeclareConflict) and command.staff_ref != caller.staff_ref:
        authorise(unit, caller, BAR, CASE.places(unit, unit.peek(CaseRow, ref)))
    if isinstance(command, ask.CorrectCase) and command.handover_ref is not None:
        row = unit.peek(CaseRow, ref)
        if command.handover_ref != row["handover_ref"]:
            _on_its_list(unit, row["person_ref"], command.handover_ref, None)


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


CASES = Commands(
    "intake.case",
    CaseRow,
    Case,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
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
CASES.ordinary("close", ask.CloseCase)
CASES.ordinary("correct", ask.CorrectCase)
CASES.ordinary("void", ask.VoidCase)


@CASES.does("open", ask.OpenCase, subjects=_named, creates=True)
def open_case(unit: Unit, caller: Caller, command: ask.OpenCase, *, ref: CaseRef) -> None:
    """Somebody came home. Whoever opens the case works on it."""
    admit(unit, caller, CASES[ask.OpenCase].handling.action)
    unit.lock(Subject("case", ref), Subject("person", command.person_ref))
    _may_open(unit, caller, command)
    if CASES.known(unit, caller, command, ref):
        return
    _on_its_list(unit, command.person_ref, command.handover_ref, command.line_ref)
    _not_voided(unit, command.person_ref)
    state = unit.find(CaseRow, Case, ref)
    decided = domain.decide(state, command, _opening(unit, caller, command, ref))
    unit.save(CaseRow, ref, decided)


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


def join(unit: Unit, ref: CaseRef, household_ref: str | None, household: Household) -> None:
    """Called by the household, inside its unit, whose lock holds the case's stream."""
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    implicated = () if household_ref is None else _others(household, state.person_ref)
    command = ask.JoinHousehold(household_ref=household_ref, implicated=implicated)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=_worker(unit.caller))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))


def let_in(unit: Unit, ref: CaseRef, worker: Working, until: date) -> None:
    """Called by the access request, inside its unit, whose lock holds the case. A right ends by recorded time."""
    not_barred(unit, unit.caller, Subject("case", ref), worker.staff_ref)
    state, _ = unit.load(CaseRow, Case, ref, change=False)
    command = ask.LetIn(**worker.model_dump(), until=until)
    facts = Facts(case_ref=ref, day=unit.effective_day, by=_worker(unit.caller), today=local_day(unit.now))
    unit.save(CaseRow, ref, domain.decide(state, command, facts))
    over = datetime.combine(until + timedelta(days=1), time(), LOCAL).astimezone(UTC)
    unit.later("access_ends", Subject("case", ref), over)
