"""Commands on households. Every case of a member learns of it in the same unit: one fact per case."""

from collections.abc import Iterable
from itertools import chain

from services.intake.cases import handlers as cases
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CaseRow
from services.intake.households import commands as ask
from services.intake.households import domain
from services.intake.households.commands import STATUSES, HouseholdCommand
from services.intake.households.state import Facts, Household
from services.intake.households.tables import HOUSEHOLD, HouseholdRow
from services.intake.persons import handlers as persons
from services.intake.persons.tables import PersonRow
from shared.auth import Caller
from shared.errors import NotFound
from shared.ids import CaseRef, HouseholdRef, PersonRef, Subject
from shared.model import Command, Decided
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def _named(command: Command, household: Household | None) -> set[PersonRef]:
    """The people whom the household has and the command brings. Of others it is not looked whether they are there."""
    members = chain(getattr(command, "members", ()), () if household is None else household.members)
    joins = {command.person_ref} if isinstance(command, ask.AddMember) else set()
    return {member.person_ref for member in members} | joins


def _cases(reading: Reading, people: Iterable[PersonRef]) -> dict[CaseRef, PersonRef]:
    """All their cases; one that was struck out tells nothing, and who is barred from it is so from the home as well."""
    return {row["ref"]: person for person in sorted(people) for row in reading.select(CaseRow, person_ref=person)}


def _streams(peek: Reading, command: Command, row: Row | None, ref: HouseholdRef) -> Iterable[Subject]:
    """The household, its people and their cases. People come and go: `_admits` looks again behind the lock."""
    people = _named(command, None if row is None else state_of(Household, row))
    yield Subject("household", ref)
    yield from (Subject("person", person) for person in people)
    yield from (Subject("case", case) for case in _cases(peek, people))


def _admits(unit: Unit, caller: Caller, command: Command, *, ref: HouseholdRef) -> None:
    """Whoever works with its people, and with each one whom they bring: nobody comes to a family by adding to it.

    The people are looked for again: somebody may have come meanwhile, who is not locked.
    """
    row = next(iter(unit.select(HouseholdRow, ref=ref)), None)
    household = None if row is None else state_of(Household, row)
    people = _named(command, household)
    needed = {Subject("person", person) for person in people} | {Subject("case", ref) for ref in _cases(unit, people)}
    unit.restart_if(not needed <= unit.versions.keys())
    members = [] if household is None else [member.person_ref for member in household.members]
    brought = _named(command, None) - set(members) if isinstance(command, ask.FormHousehold | ask.AddMember) else set()
    theirs = {person: persons.answers_for(unit, caller, person) for person in people}
    if not all(theirs[person] for person in brought) or (members and not any(theirs[one] for one in members)):
        raise NotFound()


def _facts(
    unit: Unit, caller: Caller, command: HouseholdCommand, *, ref: HouseholdRef, state: Household | None
) -> Facts:
    homes = {person: _home(unit, person) for person in _named(command, state)}
    cased = {case: unit.peek(CaseRow, case) for case in _cases(unit, homes)}
    held = {case: row for case, row in cased.items() if row["status"] != CaseStatus.VOIDED}
    return Facts(
        ref,
        caller.organisation_ref,
        caller.staff_ref,
        elsewhere=frozenset(person for person, home in homes.items() if home not in (None, ref)),
        with_case=frozenset(case["person_ref"] for case in held.values()),
        team_of=frozenset(case["person_ref"] for case in held.values() if cases.holds(unit, caller, case)),
    )


def _home(unit: Unit, person: PersonRef) -> HouseholdRef | None:
    """Of somebody unknown none, as of somebody who is not a member: which of the two it is is not told."""
    row = unit.row(PersonRow, person)
    return None if row is None else row["household_ref"]


def _tell_people(
    unit: Unit, _caller: Caller, *, ref: HouseholdRef, before: Household | None, decided: Decided[Household]
) -> None:
    """Whoever is or was a member, and each of their cases, has it in their own words."""
    are = {member.person_ref for member in decided.state.members}
    were = set() if before is None else {member.person_ref for member in before.members}
    for person in sorted(are | were):
        persons.join(unit, person, ref if person in are else None)
    for case, person in _cases(unit, are | were).items():
        cases.join(unit, case, ref if person in are else None, decided.state)


HOUSEHOLDS = Commands(
    "intake.household",
    HouseholdRow,
    Household,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    admits=_admits,
    after=_tell_people,
    belonging=HOUSEHOLD,
)
HOUSEHOLDS.ordinary("form", ask.FormHousehold)
HOUSEHOLDS.ordinary("add_member", ask.AddMember)
HOUSEHOLDS.ordinary("remove_member", ask.RemoveMember)
HOUSEHOLDS.ordinary("correct", ask.CorrectMember)
HOUSEHOLDS.ordinary("void", ask.VoidHousehold)
