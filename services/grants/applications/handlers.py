"""What is done with applications before and after the money; what moves money stands in `funding`."""

from services.grants.applications import commands as ask
from services.grants.applications import domain
from services.grants.applications.gathering import facts_of, lock_around, programme_of
from services.grants.applications.state import Application
from services.grants.applications.tables import ApplicationRow
from shared.auth import Caller, authorise
from shared.ids import Ref
from shared.model import Command, Model
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit


def _private(command: Command) -> dict[str, Model | None]:
    """The words beside the plan, when the command has them; None empties them."""
    return {"notes": getattr(command, "notes", None)} if "notes" in command.model_fields_set else {}


def _change(unit: Unit, caller: Caller, command: Command, action: str, *, ref: Ref) -> None:
    row = unit.peek(ApplicationRow, ref)
    case_ref, programme_ref = row["case_ref"], row["programme_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    lock_around(unit, case_ref, programme_ref)
    state, _ = unit.load(ApplicationRow, Application, ref)
    facts = facts_of(unit, caller, ref, case_ref=case_ref, programme=programme_of(unit, programme_ref), state=state)
    unit.save(ApplicationRow, ref, domain.decide(state, command, facts), private=_private(command))


@handles("grants.application.draft", subjects=case_of(ApplicationRow), creates=True)
def draft(unit: Unit, caller: Caller, command: ask.DraftApplication, *, ref: Ref) -> None:
    """Begin an application; whoever does is assigned to it."""
    authorise(unit, caller, "grants.application.draft", f"case/{command.case_ref}")
    lock_around(unit, command.case_ref, command.programme_ref)
    state = unit.find(ApplicationRow, Application, ref)
    facts = facts_of(unit, caller, ref, case_ref=command.case_ref, programme=programme_of(unit, command.programme_ref))
    decided = domain.decide(state, command, facts)
    unit.save(ApplicationRow, ref, decided, private=_private(command))


@handles("grants.application.correct", subjects=case_of(ApplicationRow))
def correct(unit: Unit, caller: Caller, command: ask.CorrectApplication, *, ref: Ref) -> None:
    """Change the plan before it is handed in."""
    _change(unit, caller, command, "grants.application.correct", ref=ref)


@handles("grants.application.submit")
def submit(unit: Unit, caller: Caller, command: ask.SubmitApplication, *, ref: Ref) -> None:
    """Hand the plan in."""
    _change(unit, caller, command, "grants.application.submit", ref=ref)


@handles("grants.application.assign", if_match=False)
def assign(unit: Unit, caller: Caller, command: ask.AssignStaff, *, ref: Ref) -> None:
    """Give somebody a part."""
    _change(unit, caller, command, "grants.application.assign", ref=ref)


@handles("grants.application.release", if_match=False)
def release(unit: Unit, caller: Caller, command: ask.ReleaseStaff, *, ref: Ref) -> None:
    """End somebody's part."""
    _change(unit, caller, command, "grants.application.release", ref=ref)


@handles("grants.application.except_holder")
def except_holder(unit: Unit, caller: Caller, command: ask.ExceptHolder, *, ref: Ref) -> None:
    """Sign, as one of two, that a caregiver under suspicion may hold the grant."""
    _change(unit, caller, command, "grants.application.except_holder", ref=ref)


@handles("grants.application.check_eligibility")
def check_eligibility(unit: Unit, caller: Caller, command: ask.CheckEligibility, *, ref: Ref) -> None:
    """State what the application stands on."""
    _change(unit, caller, command, "grants.application.check_eligibility", ref=ref)


@handles("grants.application.assess")
def assess(unit: Unit, caller: Caller, command: ask.AssessApplication, *, ref: Ref) -> None:
    """Judge the plan."""
    _change(unit, caller, command, "grants.application.assess", ref=ref)


@handles("grants.application.send_to_committee")
def send_to_committee(unit: Unit, caller: Caller, command: ask.SendToCommittee, *, ref: Ref) -> None:
    """Seat the committee."""
    _change(unit, caller, command, "grants.application.send_to_committee", ref=ref)


@handles("grants.application.vote", if_match=False)
def vote(unit: Unit, caller: Caller, command: ask.CastVote, *, ref: Ref) -> None:
    """Vote under one's own identity; votes of several members never make each other stale."""
    _change(unit, caller, command, "grants.application.vote", ref=ref)


@handles("grants.application.request_revision")
def request_revision(unit: Unit, caller: Caller, command: ask.RequestRevision, *, ref: Ref) -> None:
    """Record that the plan must change."""
    _change(unit, caller, command, "grants.application.request_revision", ref=ref)


@handles("grants.application.reject")
def reject(unit: Unit, caller: Caller, command: ask.RejectApplication, *, ref: Ref) -> None:
    """Record that the vote was lost."""
    _change(unit, caller, command, "grants.application.reject", ref=ref)


@handles("grants.application.defer")
def defer(unit: Unit, caller: Caller, command: ask.DeferApplication, *, ref: Ref) -> None:
    """Record that there is no money now."""
    _change(unit, caller, command, "grants.application.defer", ref=ref)


@handles("grants.application.suspend")
def suspend(unit: Unit, caller: Caller, command: ask.SuspendApplication, *, ref: Ref) -> None:
    """Pay nothing until people have talked."""
    _change(unit, caller, command, "grants.application.suspend", ref=ref)


@handles("grants.application.resume")
def resume(unit: Unit, caller: Caller, command: ask.ResumeApplication, *, ref: Ref) -> None:
    """Let it go on."""
    _change(unit, caller, command, "grants.application.resume", ref=ref)


@handles("grants.application.complete")
def complete(unit: Unit, caller: Caller, command: ask.CompleteApplication, *, ref: Ref) -> None:
    """The grant has done what it was for."""
    _change(unit, caller, command, "grants.application.complete", ref=ref)
