"""Commands on stays. Whether somebody is a child is asked on the day of the act, from what is known of the birth."""

from services.intake.cases.state import Case
from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CaseRow
from services.intake.facets import ScreeningFacet
from services.intake.persons import handlers as persons
from services.intake.stays import domain
from services.intake.stays.domain import Bed, Receiver, Status, Stay
from services.intake.stays.tables import StayRow
from shared.auth import Caller, authorise
from shared.errors import Refused
from shared.ids import CaseRef, Ref
from shared.model import Command
from shared.writing.handling import handles
from shared.writing.unit import Unit

OVER = frozenset({Status.HANDED_OVER, Status.LEFT_EARLY, Status.VOIDED})
_private = persons.person_of(StayRow)


def _facts(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> domain.Facts:
    case = unit.find(CaseRow, Case, case_ref)
    if case is None or case.status is CaseStatus.VOIDED:
        raise Refused("case_not_open")
    heard = unit.facet(f"case/{case_ref}", "screening", ScreeningFacet)
    stays = unit.select(StayRow, case_ref=case_ref)
    age = persons.age_of(unit, case.person_ref, unit.effective_day)
    return domain.Facts(
        stay_ref=ref,
        day=unit.effective_day,
        organisation_ref=caller.organisation_ref,
        child=age.child_on_day,
        too_young_to_ask=age.too_young_to_ask,
        decided=_decided(heard),
        implicated=frozenset(case.implicated),
        other_stay_open=any(row["ref"] != ref and row["status"] not in OVER for row in stays),
    )


def _decided(heard: ScreeningFacet) -> Receiver | None:
    if not heard.decided or heard.receiver is None:
        return None
    return Receiver(heard.receiver, heard.receiver_ref, heard.exception)


def _lock(unit: Unit, caller: Caller, action: str, case_ref: CaseRef) -> None:
    """The case, and the person, whose age is judged."""
    person_ref = unit.peek(CaseRow, case_ref)["person_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}", f"person/{person_ref}")


def _begin(
    unit: Unit, caller: Caller, action: str, command: domain.ExpectStay | domain.AdmitStay, ref: Ref, bed: Bed | None
) -> None:
    _lock(unit, caller, action, command.case_ref)
    state = unit.find(StayRow, Stay, ref)
    decided = domain.decide(state, command, _facts(unit, caller, ref, command.case_ref))
    unit.save(StayRow, ref, decided, private={"bed": bed} if bed else {})


def _sealed(command: Command) -> dict[str, Bed | None]:
    """The bed, when the command says which; None empties it."""
    return {"bed": getattr(command, "bed", None)} if "bed" in command.model_fields_set else {}


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: Ref) -> None:
    case_ref = unit.peek(StayRow, ref)["case_ref"]
    _lock(unit, caller, action, case_ref)
    state, _ = unit.load(StayRow, Stay, ref)
    decided = domain.decide(state, command, _facts(unit, caller, ref, case_ref))
    unit.save(StayRow, ref, decided, private=_sealed(command))


@handles("intake.stay.expect", subjects=_private, creates=True)
def expect(unit: Unit, caller: Caller, command: domain.ExpectStay, *, ref: Ref) -> None:
    """Somebody is coming."""
    _begin(unit, caller, "intake.stay.expect", command, ref, None)


@handles("intake.stay.admit", subjects=_private, creates=True)
def admit(unit: Unit, caller: Caller, command: domain.AdmitStay, *, ref: Ref) -> None:
    """Somebody gets a bed; an expected stay is admitted under its own ref."""
    _begin(unit, caller, "intake.stay.admit", command, ref, command.bed)


@handles("intake.stay.check_urgent_needs", subjects=_private)
def check_urgent_needs(unit: Unit, caller: Caller, command: domain.CheckUrgentNeeds, *, ref: Ref) -> None:
    """Food, rest, medical care and danger come first."""
    _change(unit, caller, "intake.stay.check_urgent_needs", command, ref)


@handles("intake.stay.arrange_travel", subjects=_private)
def arrange_travel(unit: Unit, caller: Caller, command: domain.ArrangeTravel, *, ref: Ref) -> None:
    """How somebody gets home, and with whom."""
    _change(unit, caller, "intake.stay.arrange_travel", command, ref)


@handles("intake.stay.depart", subjects=_private)
def depart(unit: Unit, caller: Caller, command: domain.Depart, *, ref: Ref) -> None:
    """Set out as arranged."""
    _change(unit, caller, "intake.stay.depart", command, ref)


@handles("intake.stay.hand_over", subjects=_private)
def hand_over(unit: Unit, caller: Caller, command: domain.HandOver, *, ref: Ref) -> None:
    """Received at home."""
    _change(unit, caller, "intake.stay.hand_over", command, ref)


@handles("intake.stay.leave_early", subjects=_private)
def leave_early(unit: Unit, caller: Caller, command: domain.LeaveEarly, *, ref: Ref) -> None:
    """Went away alone: an adult's right, a child's alarm."""
    _change(unit, caller, "intake.stay.leave_early", command, ref)


@handles("intake.stay.report_missing", subjects=_private)
def report_missing(unit: Unit, caller: Caller, command: domain.ReportMissing, *, ref: Ref) -> None:
    """Is not where they should be."""
    _change(unit, caller, "intake.stay.report_missing", command, ref)


@handles("intake.stay.report_found", subjects=_private)
def report_found(unit: Unit, caller: Caller, command: domain.ReportFound, *, ref: Ref) -> None:
    """Is back."""
    _change(unit, caller, "intake.stay.report_found", command, ref)


@handles("intake.stay.correct", subjects=_private)
def correct(unit: Unit, caller: Caller, command: domain.CorrectStay, *, ref: Ref) -> None:
    """Put details right."""
    _change(unit, caller, "intake.stay.correct", command, ref)


@handles("intake.stay.void", subjects=_private)
def void(unit: Unit, caller: Caller, command: domain.VoidStay, *, ref: Ref) -> None:
    """The stay was entered in error."""
    _change(unit, caller, "intake.stay.void", command, ref)
