"""Commands on broken glass. Who breaks one is locked too, so that nobody breaks two at a time to pass the bound."""

from collections.abc import Iterable
from dataclasses import replace

from services.intake.cases.state import Status as CaseStatus
from services.intake.cases.tables import CASE, CaseRow
from services.intake.glass import commands as ask
from services.intake.glass import domain
from services.intake.glass.commands import STATUSES, GlassCommand
from services.intake.glass.state import Facts, Glass, GlassWords, Status
from services.intake.glass.tables import GlassRow
from shared.auth import Caller
from shared.clock import day_begins, local_day, next_day
from shared.ids import CaseRef, Ref, Subject
from shared.model import Decided
from shared.reading import Reading
from shared.storage.tables import state_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, _command: GlassCommand, *, ref: Ref, state: Glass) -> Facts:
    return _known(unit, caller, ref, state.case_ref)


def _known(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> Facts:
    return Facts(
        glass_ref=ref,
        case_ref=case_ref,
        by=caller.staff_ref,
        organisation_ref=caller.organisation_ref,
        now=unit.now,
        today=local_day(unit.now),
        factor_at=caller.factor_at,
    )


def _breaking(unit: Unit, caller: Caller, ref: Ref, case_ref: CaseRef) -> Facts:
    mine = unit.select(GlassRow, staff_ref=caller.staff_ref)
    here = [row for row in mine if row["case_ref"] == case_ref and row["status"] == Status.OPEN]
    return replace(
        _known(unit, caller, ref, case_ref),
        unended=tuple((row["ref"], state_of(Glass, row)) for row in here),
        unreviewed=sum(1 for row in mine if row["status"] != Status.REVIEWED),
        voided=unit.peek(CaseRow, case_ref)["status"] == CaseStatus.VOIDED,
    )


def _of_case(_peek: Reading, _command: ask.BreakGlass, *, case_ref: CaseRef, **_: object) -> Iterable[str]:
    return [Subject("case", case_ref)]


GLASS = Commands(
    "intake.glass",
    GlassRow,
    Glass,
    STATUSES,
    domain.decide,
    facts=_facts,
)
GLASS.ordinary("close", ask.CloseGlass)
GLASS.ordinary("review", ask.ReviewGlass)


@GLASS.does("break", ask.BreakGlass, creates=True, subjects=_of_case)
def break_glass(unit: Unit, caller: Caller, command: ask.BreakGlass, *, ref: Ref, case_ref: CaseRef) -> None:
    """See who and where the person is, for an hour."""
    GLASS.authorise(unit, caller, command, CASE.places(unit, unit.peek(CaseRow, case_ref)))
    unit.lock(Subject("case", case_ref), Subject("staff", caller.staff_ref))
    if unit.known(GlassRow, ref, command, under=case_ref):
        return unit.answer_about(GlassRow, Glass, ref)
    facts = _breaking(unit, caller, ref, case_ref)
    decided = domain.decide(unit.find(GlassRow, Glass, ref), command, facts)
    unit.save(GlassRow, ref, decided, private={"words": GlassWords(text=command.words)})
    for late, _ in facts.unended:
        unit.save(
            GlassRow, late, Decided(domain.over(unit.load(GlassRow, Glass, late, change=False)[0]), own_matter=True)
        )
    _plant(unit, ref, decided.state)


def _plant(unit: Unit, ref: Ref, glass: Glass) -> None:
    case, of = Subject("case", glass.case_ref), {"glass_ref": ref}
    unit.later("glass_over", case, glass.until, of)
    unit.later("glass_unreviewed", case, day_begins(next_day(glass.review_by)), of)


def waits(unit: Unit, ref: Ref) -> bool:
    """Whether nobody has reviewed it yet."""
    return state_of(Glass, unit.peek(GlassRow, ref)).status is not Status.REVIEWED
