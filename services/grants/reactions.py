"""What grants does of itself: when a case closes or a person is missing, money that was not handed over waits.

Holding is one reaction and calling people is another, which asks for attention when something is held.
"""

from services.grants.applications import handlers as applications
from services.grants.instalments.commands import HoldInstalment
from services.grants.instalments.handlers import hold_all, waiting
from services.grants.instalments.state import Status
from shared.auth import SYSTEM
from shared.contracts import grants, intake, referrals
from shared.erasing.doing import Destroyed
from shared.ids import Subject
from shared.journey.todos import Attention, Heard, Reactions, Todo
from shared.writing import forgetting
from shared.writing.leaving import NOBODY, called
from shared.writing.unit import Unit

REACTIONS = Reactions()

Lost = intake.CaseClosed | intake.CaseErased | intake.CaseVoided | intake.StayMissing


@REACTIONS.on(intake.CaseClosed, intake.CaseErased, intake.CaseVoided, intake.StayMissing)
def hold_what_is_not_handed_over(unit: Unit, event: Heard[Lost]) -> None:
    """Hold every instalment of the case that was not handed over."""
    reason = "PERSON_MISSING" if isinstance(event.data, intake.StayMissing) else "CASE_CLOSED"
    hold_all(unit, SYSTEM, HoldInstalment(reason=reason), case_ref=event.data.case_ref)


@REACTIONS.on(intake.CaseClosed, intake.CaseVoided, intake.StayMissing)
def call_people_to_what_is_held(unit: Unit, event: Heard[Lost]) -> Attention | None:
    """Ask people to decide what becomes of held money."""
    unit.lock(Subject("case", event.data.case_ref))
    return Attention("instalments_held") if waiting(unit, event.data.case_ref, Status.HELD) else None


@REACTIONS.on(referrals.StaffLeft)
def let_go(unit: Unit, event: Heard[referrals.StaffLeft]) -> None:
    """Whoever left the organisation has no duty in any grant."""
    applications.let_go(unit, event.data.staff_ref, event.data.organisation_ref)


@REACTIONS.due(NOBODY)
def call_for_somebody(unit: Unit, todo: Todo) -> Attention | None:
    """Everybody who had a duty has left; the rule looks again, since somebody may be named."""
    return called(applications.deserted(unit, todo.ref()))


@REACTIONS.on(intake.CaseErased, forgets=forgetting.case)
def forget_case(unit: Unit, event: Heard[intake.CaseErased], destroyed: Destroyed) -> None:
    """The person was forgotten: what is sealed of the case is destroyed here as well, and that is told."""
    rows = forgetting.carried_out(unit, destroyed, event.subject)
    told = {"case_ref": event.data.case_ref, "erasure_ref": event.data.erasure_ref}
    unit.tell(grants.CaseErasureConfirmed(**told, rows=rows, keys=destroyed.keys))
