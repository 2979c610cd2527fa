"""Commands on people. Whoever may be a child is asked here, by everybody in intake who has to know."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.intake.cases.tables import CaseRow
from services.intake.handovers.tables import HANDOVER, HandoverRow
from services.intake.lines.tables import LineRow
from services.intake.persons import commands as ask
from services.intake.persons import domain
from services.intake.persons.age import AgeEvaluation, age_on, evaluate
from services.intake.persons.commands import STATUSES, PersonCommand
from services.intake.persons.state import Facts, Person, PersonIdentity, Status
from services.intake.persons.tables import PERSON, PersonRow
from shared.auth import Caller, may
from shared.contracts.intake import NationalityAnswer
from shared.errors import NotFound, Refused
from shared.ids import HouseholdRef, LineRef, PersonRef, Ref, Subject
from shared.model import Command, Model
from shared.reading import Reading
from shared.storage.tables import Row, TableClass
from shared.writing.commands import Commands, on_case
from shared.writing.handling import own
from shared.writing.unit import Unit


def identity_of(world: Reading, person_ref: PersonRef) -> PersonIdentity:
    """Who somebody is. The caller's handler declared the person as a sealing subject."""
    found: PersonIdentity | None = world.open(PersonRow, person_ref, "identity")
    return found or PersonIdentity()


def age_of(unit: Unit, person_ref: PersonRef, day: date, first: date | None = None) -> AgeEvaluation:
    """Child or not, on that day and when it began. Nothing known: a child."""
    identity = identity_of(unit, person_ref)
    return evaluate(identity.births, identity.determination, first=first, day=day)


def lowest_age(unit: Unit, person_ref: PersonRef, day: date) -> int:
    """The least age in completed years that the person may have on that day."""
    identity = identity_of(unit, person_ref)
    return age_on(identity.births, identity.determination, day).low


def person_of(row_class: TableClass) -> Any:
    """Sealing subjects of a handler that asks for a person's age: the person behind the thing's case, and the case."""

    def subjects(peek: Reading, command: object = None, *, ref: str = "", **_: object) -> Iterable[str]:
        case_ref = getattr(command, "case_ref", None)
        if case_ref is None:
            case_ref = peek.peek(row_class, ref)["case_ref"]
        return [Subject("case", case_ref), Subject("person", peek.peek(CaseRow, case_ref)["person_ref"])]

    return subjects


WORK, TAKE_IN = "intake.person.work_with", "intake.person.take_in"


def with_person(peek: Reading, command: Command, row: Row | None, ref: Ref) -> Iterable[Subject]:
    """The streams of a thing for which the age is judged: its case, and the person behind that."""
    (case,) = on_case(peek, command, row, ref)
    return case, Subject("person", peek.peek(CaseRow, case.removeprefix("case/"))["person_ref"])


def answers_for(unit: Unit, caller: Caller, person_ref: PersonRef) -> bool:
    """Whether the caller works on a case of the person or, while there is none, registered them as an organisation.

    Asked under the person's lock: whoever opens a case holds it too. Nobody answers for somebody unknown.
    """
    person = unit.row(PersonRow, person_ref)
    return person is not None and may(unit, caller, WORK, PERSON.places(unit, person))


def _line(reading: Reading, command: Command) -> Row | None:
    """The line of a list that the command names, if it is there."""
    ref: LineRef | None = getattr(command, "line_ref", None)
    try:
        return None if ref is None else reading.peek(LineRow, ref)
    except NotFound:
        return None


def _streams(peek: Reading, command: Command, _row: Row | None, ref: PersonRef) -> Iterable[Subject]:
    """The person, and the hand-over of the line, on which the nationality stands."""
    line = _line(peek, command)
    return (Subject("person", ref), *([] if line is None else [Subject("handover", line["handover_ref"])]))


def _facts(unit: Unit, caller: Caller, command: PersonCommand, *, ref: PersonRef, state: Person | None) -> Facts:
    line_ref, line = getattr(command, "line_ref", None), _line(unit, command)
    if line_ref is not None and line is None:
        raise Refused("line_unknown")
    if line is not None:
        unit.restart_if(Subject("handover", line["handover_ref"]) not in unit.versions)
        _taken_in(unit, caller, line)
    on_line = () if line is None else unit.select(PersonRow, line_ref=line_ref, status=Status.REGISTERED.value)
    return Facts(
        person_ref=ref,
        day=unit.effective_day,
        by=caller.staff_ref,
        organisation_ref=caller.organisation_ref,
        line_taken=any(other["ref"] != ref for other in on_line),
        line_nationality=None if line is None or not line["nationality"] else NationalityAnswer(line["nationality"]),
        has_open_case=bool(unit.select(CaseRow, person_ref=ref, status="open")),
        same_identity=state is not None and getattr(command, "identity", None) == identity_of(unit, ref),
    )


def _taken_in(unit: Unit, caller: Caller, line: Row) -> None:
    """People of a list are registered by those who receive them and take them in, once it says who that is."""
    handover = unit.peek(HandoverRow, line["handover_ref"])
    if handover["host_ref"] is not None and not may(unit, caller, TAKE_IN, HANDOVER.places(unit, handover)):
        raise Refused("line_unknown")


def _private(command: Command) -> dict[str, Model]:
    """Who somebody is, where the command says it; left out, what is sealed stays."""
    identity: PersonIdentity | None = getattr(command, "identity", None)
    return {} if identity is None else {"identity": identity}


PERSONS = Commands(
    "intake.person",
    PersonRow,
    Person,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    subjects=own("person"),
    private=_private,
    belonging=PERSON,
)
PERSONS.ordinary("register", ask.RegisterPerson)
PERSONS.ordinary("correct", ask.CorrectPerson)
PERSONS.ordinary("void", ask.VoidPerson)


def join(unit: Unit, ref: PersonRef, household_ref: HouseholdRef | None) -> None:
    """Called by the household, inside its unit, whose lock holds the person's stream."""
    state = unit.find(PersonRow, Person, ref)
    if state is None or state.status is Status.VOIDED:
        return
    facts = Facts(ref, unit.effective_day, unit.caller.staff_ref, unit.caller.organisation_ref)
    unit.save(PersonRow, ref, domain.decide(state, ask.JoinHousehold(household_ref=household_ref), facts))


def erase(unit: Unit, ref: PersonRef, erasure_ref: Ref) -> None:
    """Called by the order to forget them, inside its unit, whose lock holds the person's stream."""
    state, _ = unit.load(PersonRow, Person, ref, change=False)
    unit.save(PersonRow, ref, domain.erased(state, ref, erasure_ref))
