"""Who may open a case on whom, and what the rules need to know of the person, whose lock the caller holds."""

from services.intake.cases import barring
from services.intake.cases import commands as ask
from services.intake.cases.state import Facts, Status, Worker
from services.intake.cases.tables import CASE, CaseRow
from services.intake.handovers.tables import HandoverRow
from services.intake.households.state import Household
from services.intake.households.tables import HouseholdRow
from services.intake.lines.tables import LineRow
from services.intake.persons import handlers as persons
from services.intake.persons.state import Status as PersonStatus
from services.intake.persons.tables import PERSON, PersonRow
from shared.auth import Caller, Place, authorise
from shared.errors import NotFound, Refused
from shared.ids import CaseRef, HandoverRef, LineRef, OrganisationRef, PersonRef, case_number
from shared.writing.unit import Unit

OPEN, READ, KNOW = "intake.case.open", "intake.case.read", "intake.person.read"


def may_open(unit: Unit, caller: Caller, command: ask.OpenCase) -> None:
    """A case from a hand-over is the host's to open; any other is opened where the person was registered.

    Nobody comes to a person by naming them, nor past a bar in any of their cases; once there was one, only who may
    read the person opens another. The caller holds the person's lock.
    """
    person, cases = unit.peek(PersonRow, command.person_ref), unit.select(CaseRow, person_ref=command.person_ref)
    line = None if person["line_ref"] is None else unit.peek(LineRow, person["line_ref"])
    listed, bars = None if line is None else _host(unit, line["handover_ref"]), tuple(barring.places(cases))
    authorise(unit, caller, OPEN, (Place(holder=listed or person["organisation_ref"]), *bars))
    host = _host(unit, command.handover_ref)
    if host is not None:
        authorise(unit, caller, OPEN, (Place(holder=host), *bars))
    if any(row["status"] != Status.VOIDED for row in cases):
        authorise(unit, caller, KNOW, PERSON.places(unit, person))


def _host(unit: Unit, handover_ref: HandoverRef | None) -> OrganisationRef | None:
    row = None if handover_ref is None else unit.row(HandoverRow, handover_ref)
    return None if row is None else row["host_ref"]


def on_its_list(unit: Unit, person_ref: PersonRef, handover_ref: HandoverRef | None, line_ref: LineRef | None) -> None:
    """A case comes from a hand-over on which its person stands. Any other one looks as if it were not there."""
    own = unit.peek(PersonRow, person_ref)["line_ref"]
    line = None if own is None else unit.peek(LineRow, own)
    if handover_ref is not None and (line is None or line["handover_ref"] != handover_ref):
        raise NotFound()
    if line_ref is not None and line_ref != own:
        raise NotFound()


def not_voided(unit: Unit, person_ref: PersonRef) -> None:
    """No case is open about a registration that was struck out. The caller holds the person's lock."""
    if unit.peek(PersonRow, person_ref)["status"] == PersonStatus.VOIDED:
        raise Refused("person_voided")


def facts_of_opening(unit: Unit, caller: Caller, command: ask.OpenCase, ref: CaseRef) -> Facts:
    """What the rules of opening need, from the person, their other cases and their family."""
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
        by=worker(caller),
        case_number=case_number(ref),
        child_on_day=persons.age_of(unit, command.person_ref, day).child_on_day,
        previous_case_ref=known[-1]["ref"] if known else None,
        open_for_same_handover=bool(same),
        household_ref=person["household_ref"],
        implicated=others_implicated(household, command.person_ref),
        conflicts=tuple(barring.standing(before)),
        barred=tuple(barring.of_lost_facts(unit, before)),
    )


def others_implicated(household: Household | None, person_ref: PersonRef) -> tuple[PersonRef, ...]:
    """The implicated caregivers of a household, as one of its members must be kept safe from them."""
    return () if household is None else tuple(ref for ref in household.implicated if ref != person_ref)


def worker(caller: Caller, kind: str = "TEAM") -> Worker:
    """The caller, as one who works on the case."""
    return Worker(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref, kind=kind)
