"""Commands on stays. Whether somebody is a child is asked on the day of the act, from what is known of the birth."""

from services.intake.cases.state import Case
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CaseRow
from services.intake.facets import IntakeFacet, ScreeningFacet, StayView
from services.intake.persons import handlers as persons
from services.intake.stays import commands as ask
from services.intake.stays import domain
from services.intake.stays.commands import STATUSES, StayCommand
from services.intake.stays.state import Facts, Receiver, Status, Stay
from services.intake.stays.tables import STAY, StayRow
from shared.auth import Caller, authorise
from shared.errors import Refused
from shared.ids import CaseRef, Ref, Subject
from shared.model import Command, Model
from shared.storage.tables import state_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit

EXPECT = "intake.stay.expect"
OVER = frozenset({Status.HANDED_OVER, Status.LEFT_EARLY, Status.VOIDED})


def _facts(unit: Unit, caller: Caller, command: StayCommand, *, ref: Ref, state: Stay | None) -> Facts:
    case_ref: CaseRef = getattr(command, "case_ref", None) or getattr(state, "case_ref")  # noqa: B009 -- one has it
    case = unit.find(CaseRow, Case, case_ref)
    if case is None or case.status is CaseStatus.VOIDED:
        raise Refused("case_not_open")
    subject = Subject("case", case_ref)
    heard = unit.facet(subject, "screening", ScreeningFacet)
    own = unit.facet(subject, "intake", IntakeFacet)  # as the rows say, and what was lost that protects somebody
    others = [state_of(Stay, row) for row in unit.select(StayRow, case_ref=case_ref) if row["ref"] != ref]
    age = persons.age_of(unit, case.person_ref, unit.effective_day)
    return Facts(
        stay_ref=ref,
        day=unit.effective_day,
        organisation_ref=caller.organisation_ref,
        opened=case.opened,
        child=age.child_on_day,
        too_young_to_ask=age.too_young_to_ask,
        decided=_decided(heard),
        implicated=frozenset({*case.implicated, *own.implicated}),
        missing=own.stay is StayView.MISSING,
        other_stay_open=any(other.status not in OVER for other in others),
        hosted_meanwhile=next((other.organisation_ref for other in others if other.hosted), None),
    )


def _decided(heard: ScreeningFacet) -> Receiver | None:
    if not heard.decided or heard.receiver is None:
        return None
    return Receiver(heard.receiver, heard.receiver_ref, heard.exception)


def _private(command: Command) -> dict[str, Model | None]:
    """The bed, when the command says which; None empties it."""
    return {"bed": getattr(command, "bed", None)} if "bed" in command.model_fields_set else {}


def _admits(unit: Unit, caller: Caller, command: StayCommand, *, ref: Ref) -> None:
    """Where somebody stays is said by the holder's side: nobody becomes a host, or makes another one, by themselves."""
    if isinstance(command, ask.CorrectStay) and "organisation_ref" in command.changes():
        row = unit.peek(StayRow, ref)
        if command.organisation_ref != row["organisation_ref"]:
            authorise(unit, caller, EXPECT, Subject("case", row["case_ref"]))


STAYS = Commands(
    "intake.stay",
    StayRow,
    Stay,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=persons.with_person,
    subjects=persons.person_of(StayRow),
    private=_private,
    admits=_admits,
    belonging=STAY,
)
STAYS.ordinary("expect", ask.ExpectStay)
STAYS.ordinary("admit", ask.AdmitStay)
STAYS.ordinary("check_urgent_needs", ask.CheckUrgentNeeds)
STAYS.ordinary("arrange_travel", ask.ArrangeTravel)
STAYS.ordinary("depart", ask.Depart)
STAYS.ordinary("hand_over", ask.HandOver)
STAYS.ordinary("leave_early", ask.LeaveEarly)
STAYS.ordinary("report_missing", ask.ReportMissing)
STAYS.ordinary("report_found", ask.ReportFound)
STAYS.ordinary("correct", ask.CorrectStay)
STAYS.ordinary("void", ask.VoidStay)
