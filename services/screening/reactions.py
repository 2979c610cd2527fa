"""What screening does of itself: opens an interview, suggests again when an age is known, asks for a receiver.

An issued finding is never touched by what is heard later. Only suggestions that await a person move.
"""

from services.screening.best_interests.commands import RequireBestInterests
from services.screening.best_interests.handlers import require_for_child, withdraw_open
from services.screening.determinations import handlers as determinations
from services.screening.determinations.handlers import reassess_open
from services.screening.interviews import handlers as interviews
from services.screening.interviews.commands import OpenInterview
from services.screening.interviews.handlers import open_for_case
from shared.auth import SYSTEM
from shared.contracts import intake, referrals, screening
from shared.erasing.doing import Destroyed
from shared.journey.todos import Attention, Heard, Reactions, Todo
from shared.writing import forgetting
from shared.writing.leaving import NOBODY, called
from shared.writing.unit import Unit

REACTIONS = Reactions()


@REACTIONS.on(intake.StayAdmitted)
def open_interview(unit: Unit, event: Heard[intake.StayAdmitted]) -> None:
    """Whoever is admitted may be asked."""
    ref = unit.derive(event.cause, "open_interview")
    open_for_case(unit, SYSTEM, OpenInterview(case_ref=event.data.case_ref), ref=ref)


@REACTIONS.on(intake.CaseAgeEvaluated)
def suggest_again(unit: Unit, event: Heard[intake.CaseAgeEvaluated]) -> None:
    """An age changes weights and rules."""
    reassess_open(unit, SYSTEM, event.data.case_ref)


@REACTIONS.on(screening.DeterminationMade)
def ask_for_a_receiver(unit: Unit, event: Heard[screening.DeterminationMade]) -> None:
    """A child goes home only to somebody who was decided upon."""
    command = RequireBestInterests(case_ref=event.data.case_ref, cause="EVERY_CHILD")
    require_for_child(unit, SYSTEM, command, ref=unit.derive(event.cause, "ask_for_a_receiver"))


@REACTIONS.on(intake.CaseCaregiverImplicated)
def ask_for_a_panel(unit: Unit, event: Heard[intake.CaseCaregiverImplicated]) -> None:
    """Where a caregiver is suspected, a panel decides."""
    if event.data.implicated:
        command = RequireBestInterests(case_ref=event.data.case_ref, cause="PARENT_IMPLICATED", panel=True)
        require_for_child(unit, SYSTEM, command, ref=unit.derive(event.cause, "ask_for_a_panel"))


@REACTIONS.on(intake.CaseTransferAccepted)
def ask_no_panel_of_before(unit: Unit, event: Heard[intake.CaseTransferAccepted]) -> None:
    """Members were let in by the supervisor of who held the case before."""
    withdraw_open(unit, SYSTEM, event.data.case_ref)


@REACTIONS.on(referrals.StaffLeft)
def let_go(unit: Unit, event: Heard[referrals.StaffLeft]) -> None:
    """Whoever left the organisation asks and decides nothing for it."""
    interviews.let_go(unit, event.data.staff_ref, event.data.organisation_ref)


@REACTIONS.on(referrals.StaffLeft)
def let_decider_go(unit: Unit, event: Heard[referrals.StaffLeft]) -> None:
    """The same of what waits to be decided."""
    determinations.let_go(unit, event.data.staff_ref, event.data.organisation_ref)


@REACTIONS.due(NOBODY)
def call_for_somebody(unit: Unit, todo: Todo) -> Attention | None:
    """Whoever led an interview or was to decide has left; the rule looks again, since somebody may be named."""
    ref = todo.ref()
    return called(interviews.deserted(unit, ref) or determinations.deserted(unit, ref))


@REACTIONS.on(intake.CaseErased, forgets=forgetting.case)
def forget_case(unit: Unit, event: Heard[intake.CaseErased], destroyed: Destroyed) -> None:
    """The person was forgotten: what is sealed of the case is destroyed here as well, and that is told."""
    rows = forgetting.carried_out(unit, destroyed, event.subject)
    told = {"case_ref": event.data.case_ref, "erasure_ref": event.data.erasure_ref}
    unit.tell(screening.CaseErasureConfirmed(**told, rows=rows, keys=destroyed.keys))
