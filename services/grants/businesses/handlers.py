"""What is done with businesses. A visit has a row under the visitor's own ref, its words sealed in it."""

from services.grants.applications.tables import ApplicationRow
from services.grants.businesses import commands as ask
from services.grants.businesses.commands import STATUSES, BusinessCommand
from services.grants.businesses.domain import decide
from services.grants.businesses.state import Business, Facts, Visit
from services.grants.businesses.tables import BusinessRow, VisitRow
from shared.auth import Caller
from shared.ids import Ref, Subject
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, _: BusinessCommand, *, ref: Ref, state: Business) -> Facts:
    signed_on = unit.peek(ApplicationRow, state.application_ref)["signed_on"]
    return Facts(ref, caller.staff_ref, unit.effective_day, signed_on)


BUSINESSES = Commands("grants.business", BusinessRow, Business, STATUSES, decide, facts=_facts)
BUSINESSES.ordinary("cease", ask.CeaseBusiness)
BUSINESSES.ordinary("correct", ask.CorrectBusiness)
BUSINESSES.ordinary("void", ask.VoidBusiness)


@BUSINESSES.does("check", ask.CheckBusiness, subjects=case_of(BusinessRow), if_match=False)
def check(unit: Unit, caller: Caller, command: ask.CheckBusiness, *, ref: Ref) -> None:
    """Record a visit."""
    case_ref = unit.peek(BusinessRow, ref)["case_ref"]
    BUSINESSES.authorise(unit, caller, command, Subject("case", case_ref))
    unit.lock(Subject("case", case_ref))
    if unit.known(VisitRow, command.check_ref, command, under=ref):
        return unit.answer_about(BusinessRow, Business, ref)
    state, _ = unit.load(BusinessRow, Business, ref)
    unit.save(BusinessRow, ref, decide(state, command, _facts(unit, caller, command, ref=ref, state=state)))
    visit = Visit(case_ref=case_ref, business_ref=ref)
    unit.add(VisitRow, command.check_ref, visit, private={"notes": command.notes})
