"""Commands on people. Whoever may be a child is asked here, by everybody in intake who has to know."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.intake.cases.tables import CaseRow
from services.intake.lines.tables import LineRow
from services.intake.persons import domain
from services.intake.persons.age import AgeEvaluation, age_on, evaluate
from services.intake.persons.domain import Person, PersonIdentity
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, authorise
from shared.contracts.intake import NationalityAnswer
from shared.errors import NotFound, Refused
from shared.ids import LineRef, PersonRef
from shared.reading import Reading
from shared.writing.handling import handles, own
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


def person_of(row_class: type[Any]) -> Any:
    """Sealing subjects of a handler that asks for a person's age: the person behind the thing's case, and the case."""

    def subjects(peek: Reading, command: Any = None, *, ref: str = "", **_: Any) -> Iterable[str]:
        case_ref = getattr(command, "case_ref", None)
        if case_ref is None:
            case_ref = peek.peek(row_class, ref)["case_ref"]
        return [f"case/{case_ref}", f"person/{peek.peek(CaseRow, case_ref)['person_ref']}"]

    return subjects


def works_with(unit: Unit, caller: Caller, *people: PersonRef) -> None:
    """Whoever changes what is known of people works on a case of one of them, as long as they have any.

    Asked under the people's locks: whoever opens a case holds them too.
    """
    cases = [case["ref"] for person in people for case in unit.select(CaseRow, person_ref=person)]
    if cases and not any(unit.related(caller, f"case/{ref}") for ref in cases):
        raise NotFound()


@handles("intake.person.register", subjects=own("person"), creates=True)
def register(unit: Unit, caller: Caller, command: domain.RegisterPerson, *, ref: PersonRef) -> None:
    """Somebody is here."""
    authorise(unit, caller, "intake.person.register")
    unit.lock(f"person/{ref}", *_line_streams(unit, command.line_ref))
    state = unit.find(PersonRow, Person, ref)
    same = state is not None and identity_of(unit, ref) == command.identity
    decided = domain.decide(state, command, _facts(unit, caller, ref, command.line_ref, same=same))
    unit.save(PersonRow, ref, decided, private={"identity": command.identity})


@handles("intake.person.correct", subjects=own("person"))
def correct(unit: Unit, caller: Caller, command: domain.CorrectPerson, *, ref: PersonRef) -> None:
    """Something is better known now."""
    authorise(unit, caller, "intake.person.correct")
    unit.lock(f"person/{ref}", *_line_streams(unit, command.line_ref))
    works_with(unit, caller, ref)
    state, _ = unit.load(PersonRow, Person, ref)
    identity = identity_of(unit, ref)
    facts = _facts(unit, caller, ref, command.line_ref, same=command.identity == identity)
    decided = domain.decide(state, command, facts)
    unit.save(PersonRow, ref, decided, private={"identity": command.changes().get("identity", identity)})


@handles("intake.person.void", subjects=own("person"))
def void(unit: Unit, caller: Caller, command: domain.VoidPerson, *, ref: PersonRef) -> None:
    """The person was entered in error."""
    authorise(unit, caller, "intake.person.void")
    unit.lock(f"person/{ref}")
    works_with(unit, caller, ref)
    state, _ = unit.load(PersonRow, Person, ref)
    unit.save(PersonRow, ref, domain.decide(state, command, _facts(unit, caller, ref, None, same=True)))


def join(unit: Unit, ref: PersonRef, household_ref: str | None) -> None:
    """Called by the household, inside its unit, whose lock holds the person's stream."""
    state = unit.find(PersonRow, Person, ref)
    if state is None or state.status is domain.Status.VOIDED:
        return
    facts = domain.Facts(person_ref=ref, day=unit.effective_day, by=unit.caller.staff_ref)
    unit.save(PersonRow, ref, domain.decide(state, domain.JoinHousehold(household_ref=household_ref), facts))


def _line_streams(unit: Unit, line_ref: LineRef | None) -> list[str]:
    if line_ref is None:
        return []
    try:
        return [f"handover/{unit.peek(LineRow, line_ref)['handover_ref']}"]
    except NotFound:
        raise Refused("line_unknown") from None


def _facts(unit: Unit, caller: Caller, ref: PersonRef, line_ref: LineRef | None, *, same: bool) -> domain.Facts:
    line = None if line_ref is None else unit.peek(LineRow, line_ref)
    on_line = () if line is None else unit.select(PersonRow, line_ref=line_ref, status="registered")
    return domain.Facts(
        person_ref=ref,
        day=unit.effective_day,
        by=caller.staff_ref,
        line_taken=any(other["ref"] != ref for other in on_line),
        line_nationality=None if line is None or not line["nationality"] else NationalityAnswer(line["nationality"]),
        has_open_case=bool(unit.select(CaseRow, person_ref=ref, status="open")),
        same_identity=same,
    )
