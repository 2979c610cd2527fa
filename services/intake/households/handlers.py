"""Commands on households. Every case of a member learns of it in the same unit: one fact per case."""

from services.intake.cases import handlers as cases
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CaseRow
from services.intake.households import domain
from services.intake.households.domain import Household
from services.intake.households.tables import HouseholdRow
from services.intake.persons import handlers as persons
from services.intake.persons.tables import PersonRow
from shared.auth import Caller, authorise
from shared.errors import NotFound, Refused
from shared.ids import CaseRef, HouseholdRef, PersonRef
from shared.model import Command
from shared.writing.handling import handles
from shared.writing.unit import Unit


@handles("intake.household.form", creates=True)
def form(unit: Unit, caller: Caller, command: domain.FormHousehold, *, ref: HouseholdRef) -> None:
    """These people belong together."""
    authorise(unit, caller, "intake.household.form")
    named = frozenset(member.person_ref for member in command.members)
    _lock(unit, caller, ref, named)
    state = unit.find(HouseholdRow, Household, ref)
    _decide(unit, ref, state, command, named)


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: HouseholdRef) -> None:
    authorise(unit, caller, action)
    members = domain.Household.model_validate(_clear(unit, ref)).members
    asked: PersonRef | None = getattr(command, "person_ref", None)
    named = frozenset(member.person_ref for member in members) | ({asked} if asked else frozenset())
    _lock(unit, caller, ref, named)
    state, _ = unit.load(HouseholdRow, Household, ref)
    unit.restart_if(state.members != members)
    _decide(unit, ref, state, command, named)


def _clear(unit: Unit, ref: HouseholdRef) -> dict[str, object]:
    row = unit.peek(HouseholdRow, ref)
    return {name: row[name] for name in Household.model_fields}


def _lock(unit: Unit, caller: Caller, ref: HouseholdRef, named: frozenset[PersonRef]) -> None:
    """The household, its people and their cases, all before any state is read."""
    for person in named:
        try:
            unit.peek(PersonRow, person)
        except NotFound:
            raise Refused("person_unknown") from None
    their_cases = _cases(unit, named)
    people = (f"person/{person}" for person in named)
    unit.lock(f"household/{ref}", *people, *(f"case/{case}" for case in their_cases))
    unit.restart_if(_cases(unit, named) != their_cases)
    persons.works_with(unit, caller, *named)


def _cases(unit: Unit, named: frozenset[PersonRef]) -> dict[CaseRef, PersonRef]:
    return {
        row["ref"]: person
        for person in sorted(named)
        for row in unit.select(CaseRow, person_ref=person)
        if row["status"] != CaseStatus.VOIDED
    }


def _decide(
    unit: Unit, ref: HouseholdRef, state: Household | None, command: Command, named: frozenset[PersonRef]
) -> None:
    homes = {person: unit.peek(PersonRow, person)["household_ref"] for person in named}
    elsewhere = frozenset(person for person, home in homes.items() if home not in (None, ref))
    decided = domain.decide(state, command, domain.Facts(household_ref=ref, elsewhere=elsewhere))
    unit.save(HouseholdRow, ref, decided)
    if not decided.events:
        return
    members = {member.person_ref for member in decided.state.members}
    for person in sorted(named):
        if person in members or homes[person] == ref:
            persons.join(unit, person, ref if person in members else None)
    for case, person in _cases(unit, named).items():
        if person in members or homes[person] == ref:
            cases.join(unit, case, ref if person in members else None, decided.state)


@handles("intake.household.add_member")
def add_member(unit: Unit, caller: Caller, command: domain.AddMember, *, ref: HouseholdRef) -> None:
    """Somebody belongs to it too."""
    _change(unit, caller, "intake.household.add_member", command, ref)


@handles("intake.household.remove_member")
def remove_member(unit: Unit, caller: Caller, command: domain.RemoveMember, *, ref: HouseholdRef) -> None:
    """Somebody no longer does."""
    _change(unit, caller, "intake.household.remove_member", command, ref)


@handles("intake.household.correct")
def correct(unit: Unit, caller: Caller, command: domain.CorrectMember, *, ref: HouseholdRef) -> None:
    """The relationship, or whether the caregiver is implicated, is otherwise."""
    _change(unit, caller, "intake.household.correct", command, ref)


@handles("intake.household.void")
def void(unit: Unit, caller: Caller, command: domain.VoidHousehold, *, ref: HouseholdRef) -> None:
    """The household was entered in error."""
    _change(unit, caller, "intake.household.void", command, ref)
