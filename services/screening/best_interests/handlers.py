"""Commands on best-interests decisions. Whom intake suspects is read under the lock, when the decision is made."""

from collections.abc import Mapping

from services.screening.best_interests import commands, domain
from services.screening.best_interests.state import BestInterests, Grounds, Status
from services.screening.best_interests.tables import BestInterestsRow
from services.screening.facets import IntakeFacet
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.model import Command, Model
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit

CASE = case_of(BestInterestsRow)


def _facts(unit: Unit, caller: Caller, case_ref: CaseRef, ref: Ref) -> domain.Facts:
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    others = [row for row in unit.select(BestInterestsRow, case_ref=case_ref) if row["ref"] != ref]
    return domain.Facts(
        ref=ref,
        day=unit.effective_day,
        by=caller.staff_ref,
        implicated=frozenset(intake.implicated),
        case_has_one=any(row["status"] != Status.VOIDED for row in others),
    )


def _change(
    unit: Unit, caller: Caller, action: str, command: Command, ref: Ref, private: Mapping[str, Model] | None = None
) -> None:
    case_ref = unit.peek(BestInterestsRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(BestInterestsRow, BestInterests, ref)
    decided = domain.decide(state, command, _facts(unit, caller, case_ref, ref))
    unit.save(BestInterestsRow, ref, decided, private=private)


@handles("screening.best_interests.require", creates=True)
def require(unit: Unit, caller: Caller, command: commands.RequireBestInterests, *, ref: Ref) -> None:
    """The child goes to nobody until it is decided."""
    authorise(unit, caller, "screening.best_interests.require", f"case/{command.case_ref}")
    unit.lock(f"case/{command.case_ref}")
    state = unit.find(BestInterestsRow, BestInterests, ref)
    unit.save(BestInterestsRow, ref, domain.decide(state, command, _facts(unit, caller, command.case_ref, ref)))


def require_for_child(unit: Unit, caller: Caller, command: commands.RequireBestInterests, *, ref: Ref) -> None:
    """For a child: require it once, reopen it where a suspicion came later, and leave an adult alone."""
    unit.lock(f"case/{command.case_ref}")
    intake = unit.facet(f"case/{command.case_ref}", "intake", IntakeFacet)
    standing = [
        row for row in unit.select(BestInterestsRow, case_ref=command.case_ref) if row["status"] != Status.VOIDED
    ]
    if not intake.is_minor or not intake.open:
        return
    if not standing or standing[-1]["status"] == Status.REQUIRED:
        require(unit, caller, command, ref=standing[-1]["ref"] if standing else ref)
    elif command.panel and not standing[-1]["panel"]:
        reopen(unit, caller, commands.ReopenBestInterests(cause=command.cause, panel=True), ref=standing[-1]["ref"])


@handles("screening.best_interests.decide", subjects=CASE)
def decide(unit: Unit, caller: Caller, command: commands.DecideBestInterests, *, ref: Ref) -> None:
    """Name the receiver. What the child said is sealed."""
    grounds = Grounds(child_view=command.child_view, reasons=command.reasons, exception=command.exception)
    _change(unit, caller, "screening.best_interests.decide", command, ref, {"grounds": grounds})


@handles("screening.best_interests.reopen")
def reopen(unit: Unit, caller: Caller, command: commands.ReopenBestInterests, *, ref: Ref) -> None:
    """Look at it again."""
    _change(unit, caller, "screening.best_interests.reopen", command, ref)


@handles("screening.best_interests.correct")
def correct(unit: Unit, caller: Caller, command: commands.CorrectBestInterests, *, ref: Ref) -> None:
    """Put the day of the next look right."""
    _change(unit, caller, "screening.best_interests.correct", command, ref)


@handles("screening.best_interests.void")
def void(unit: Unit, caller: Caller, command: commands.VoidBestInterests, *, ref: Ref) -> None:
    """Entered in error."""
    _change(unit, caller, "screening.best_interests.void", command, ref)
