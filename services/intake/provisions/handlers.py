"""Commands on provisions: added facts, many in one request, each answered for itself."""

from collections.abc import Iterable
from typing import Any

from services.intake.provisions import domain
from services.intake.provisions.domain import Provision, RecordProvision
from services.intake.provisions.tables import ProvisionRow
from services.intake.stays.domain import Status as StayStatus
from services.intake.stays.domain import Stay
from services.intake.stays.tables import StayRow
from shared.auth import Caller, authorise
from shared.errors import HomewardError, NotFound
from shared.ids import CaseRef, Ref
from shared.model import Command, Decided
from shared.reading import LineReceipt
from shared.writing.handling import handles
from shared.writing.unit import Unit

NOT_BEGUN = frozenset({StayStatus.EXPECTED, StayStatus.VOIDED})
ACTION = "intake.provision.record"


@handles(ACTION, creates=True)
def record(unit: Unit, caller: Caller, command: domain.RecordProvisions, **_: Any) -> tuple[LineReceipt, ...]:
    """What was given at one time. A line that is refused takes no other with it.

    Where all are refused, the answer is about a stay, unchanged: there is no provision to answer about.
    """
    cases = dict(_cases(unit, caller, command))
    if not cases:
        raise NotFound()
    unit.lock(*(f"case/{case_ref}" for case_ref in cases.values()))
    receipts = tuple(_line(unit, caller, line, cases.get(line.stay_ref)) for line in command.lines)
    stay, _version = unit.load(StayRow, Stay, min(cases), change=False)
    unit.save(StayRow, min(cases), Decided(stay))
    return receipts


def _cases(unit: Unit, caller: Caller, command: domain.RecordProvisions) -> Iterable[tuple[Ref, CaseRef]]:
    """The cases behind the stays, as far as they are there and the caller may write to them."""
    for stay_ref in sorted({line.stay_ref for line in command.lines}):
        try:
            case_ref = unit.peek(StayRow, stay_ref)["case_ref"]
            authorise(unit, caller, ACTION, f"case/{case_ref}")
        except NotFound:
            continue
        yield stay_ref, case_ref


def _line(unit: Unit, caller: Caller, line: RecordProvision, case_ref: CaseRef | None) -> LineReceipt:
    if case_ref is None:
        return LineReceipt(ref=line.ref, status="refused", code="not_found")
    state = unit.find(ProvisionRow, Provision, line.ref)
    facts = domain.Facts(
        provision_ref=line.ref,
        stay_ref=line.stay_ref,
        case_ref=case_ref,
        day=unit.effective_day,
        by=caller.staff_ref,
        begun=unit.peek(StayRow, line.stay_ref)["status"] not in NOT_BEGUN,
    )
    try:
        decided = domain.decide(state, line, facts)
    except HomewardError as refusal:
        return LineReceipt(ref=line.ref, status="refused", code=refusal.code)
    unit.save(ProvisionRow, line.ref, decided)
    return LineReceipt(ref=line.ref, status=decided.state.status, position=f"case/{case_ref}")


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: Ref) -> None:
    row = unit.peek(ProvisionRow, ref)
    authorise(unit, caller, action, f"case/{row['case_ref']}")
    unit.lock(f"case/{row['case_ref']}")
    state, _ = unit.load(ProvisionRow, Provision, ref)
    facts = domain.Facts(
        provision_ref=ref,
        stay_ref=row["stay_ref"],
        case_ref=row["case_ref"],
        day=unit.effective_day,
        by=caller.staff_ref,
    )
    unit.save(ProvisionRow, ref, domain.decide(state, command, facts))


@handles("intake.provision.correct")
def correct(unit: Unit, caller: Caller, command: domain.CorrectProvision, *, ref: Ref) -> None:
    """Another kind or another count."""
    _change(unit, caller, "intake.provision.correct", command, ref)


@handles("intake.provision.void")
def void(unit: Unit, caller: Caller, command: domain.VoidProvision, *, ref: Ref) -> None:
    """It was entered in error."""
    _change(unit, caller, "intake.provision.void", command, ref)
