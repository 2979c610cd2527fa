"""Commands on best-interests decisions. Whom intake suspects is read under the lock, when the decision is made."""

from collections.abc import Mapping
from typing import Any

from services.screening.best_interests import commands as ask
from services.screening.best_interests import domain
from services.screening.best_interests.commands import STATUSES, BestInterestsCommand
from services.screening.best_interests.state import BestInterests, Facts, Grounds, Seat, Status
from services.screening.best_interests.tables import BestInterestsRow
from services.screening.facets import DirectoryFacet, IntakeFacet
from shared.auth import Caller, Role, may
from shared.ids import CaseRef, Ref, Subject
from shared.model import Model
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.unit import Unit

SEATS = "screening.best_interests.seat_panel"
"""Nobody lets themselves in: who is asked by somebody else reads nothing until the holder's supervisor lets them."""


def _facts(unit: Unit, caller: Caller, command: Any, *, ref: Ref, state: BestInterests | None) -> Facts:
    case_ref = (state or command).case_ref
    case = Subject("case", case_ref)
    intake = unit.facet(case, "intake", IntakeFacet)
    organisation = Subject("organisation", caller.organisation_ref)
    others = [row for row in unit.select(BestInterestsRow, case_ref=case_ref) if row["ref"] != ref]
    return Facts(
        ref=ref,
        day=unit.effective_day,
        heard=caller.role is Role.SYSTEM,
        by=Seat(staff_ref=caller.staff_ref, organisation_ref=caller.organisation_ref),
        role=caller.role,
        may_seat=caller.role is not Role.SYSTEM and may(unit, caller, SEATS, case),
        registered_as=unit.facet(organisation, "referrals", DirectoryFacet).kind,
        case_opened=intake.opened_on,
        implicated=frozenset(intake.implicated),
        case_has_one=any(row["status"] != Status.VOIDED for row in others),
    )


def _grounds(command: BestInterestsCommand) -> Mapping[str, Model]:
    """What the child said is sealed."""
    if not isinstance(command, ask.ProposeBestInterests):
        return {}
    said = Grounds(child_view=command.child_view, reasons=command.reasons, exception=command.exception)
    return {"grounds": said}


BEST_INTERESTS = Commands(
    "screening.best_interests",
    BestInterestsRow,
    BestInterests,
    STATUSES,
    domain.decide,
    facts=_facts,
    private=_grounds,
)
BEST_INTERESTS.ordinary("require", ask.RequireBestInterests)
BEST_INTERESTS.ordinary("add_panel", ask.AddPanel)
BEST_INTERESTS.ordinary("propose", ask.ProposeBestInterests, subjects=case_of(BestInterestsRow))
BEST_INTERESTS.ordinary("confirm", ask.ConfirmBestInterests)
BEST_INTERESTS.ordinary("object", ask.ObjectBestInterests)
BEST_INTERESTS.ordinary("withdraw", ask.WithdrawBestInterests)
BEST_INTERESTS.ordinary("seat_panel", ask.SeatPanel)
BEST_INTERESTS.ordinary("release_member", ask.ReleasePanelMember)
BEST_INTERESTS.ordinary("reopen", ask.ReopenBestInterests)
BEST_INTERESTS.ordinary("correct", ask.CorrectBestInterests)
BEST_INTERESTS.ordinary("void", ask.VoidBestInterests)


def require_for_child(unit: Unit, caller: Caller, command: ask.RequireBestInterests, *, ref: Ref) -> None:
    """For a child: require it once, reopen it where a suspicion came later, and leave an adult alone."""
    case = Subject("case", command.case_ref)
    unit.lock(case)
    intake = unit.facet(case, "intake", IntakeFacet)
    if not intake.is_minor or not intake.open:
        return
    rows = unit.select(BestInterestsRow, case_ref=command.case_ref)
    standing = next((row for row in reversed(rows) if row["status"] != Status.VOIDED), None)
    if standing is None:
        BEST_INTERESTS.carry_out(unit, caller, command, ref=ref)
    elif standing["status"] in (Status.REQUIRED, Status.PROPOSED):
        more = ask.AddPanel(cause=command.cause, panel=command.panel)
        BEST_INTERESTS.carry_out(unit, caller, more, ref=standing["ref"])
    elif command.panel and not standing["panel"]:
        again = ask.ReopenBestInterests(cause=command.cause, panel=True)
        BEST_INTERESTS.carry_out(unit, caller, again, ref=standing["ref"])


def withdraw_open(unit: Unit, caller: Caller, case_ref: CaseRef) -> None:
    """Whoever holds the case from now on asks its own panel: those whom others let in read nothing any more."""
    unit.lock(Subject("case", case_ref))
    for row in unit.select(BestInterestsRow, case_ref=case_ref):
        if row["status"] == Status.PROPOSED:
            BEST_INTERESTS.carry_out(unit, caller, ask.WithdrawBestInterests(), ref=row["ref"])
