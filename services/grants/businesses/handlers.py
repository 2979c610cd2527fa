"""What is done with businesses. A visit carries the visitor's own ref, and its words are sealed beside it."""

from services.grants.businesses import domain
from services.grants.businesses.domain import (
    Business,
    CeaseBusiness,
    CheckBusiness,
    CorrectBusiness,
    Facts,
    Visit,
    VoidBusiness,
)
from services.grants.businesses.tables import BusinessRow, VisitRow
from shared.auth import Caller, authorise
from shared.ids import Ref
from shared.model import Command, Decided
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit


def _change(unit: Unit, caller: Caller, command: Command, action: str, *, ref: Ref) -> Decided[Business]:
    case_ref = unit.peek(BusinessRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(BusinessRow, Business, ref)
    decided = domain.decide(state, command, Facts(ref, caller.staff_ref, unit.effective_day))
    unit.save(BusinessRow, ref, decided)
    return decided


@handles("grants.business.check", subjects=case_of(BusinessRow), if_match=False)
def check(unit: Unit, caller: Caller, command: CheckBusiness, *, ref: Ref) -> None:
    """Record a visit."""
    decided = _change(unit, caller, command, "grants.business.check", ref=ref)
    if decided.events and command.notes is not None:
        visit = Visit(case_ref=decided.state.case_ref, business_ref=ref)
        unit.add(VisitRow, command.check_ref, visit, private={"notes": command.notes})


@handles("grants.business.cease")
def cease(unit: Unit, caller: Caller, command: CeaseBusiness, *, ref: Ref) -> None:
    """Record that it has ended."""
    _change(unit, caller, command, "grants.business.cease", ref=ref)


@handles("grants.business.correct")
def correct(unit: Unit, caller: Caller, command: CorrectBusiness, *, ref: Ref) -> None:
    """Put right what it does or where."""
    _change(unit, caller, command, "grants.business.correct", ref=ref)


@handles("grants.business.void")
def void(unit: Unit, caller: Caller, command: VoidBusiness, *, ref: Ref) -> None:
    """Take back a business entered in error."""
    _change(unit, caller, command, "grants.business.void", ref=ref)
