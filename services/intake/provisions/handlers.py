"""Commands on provisions: added facts, many in one request, each answered for itself."""

from collections.abc import Iterable

from services.intake.provisions import commands as ask
from services.intake.provisions import domain
from services.intake.provisions.commands import STATUSES, ProvisionCommand, RecordProvision
from services.intake.provisions.state import Facts, Provision
from services.intake.provisions.tables import ProvisionRow
from services.intake.stays.state import Status as StayStatus
from services.intake.stays.state import Stay
from services.intake.stays.tables import StayRow
from shared.auth import Caller, authorise
from shared.errors import HomewardError, NotFound
from shared.ids import CaseRef, Ref, Subject
from shared.reading import LineReceipt
from shared.storage.tables import state_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit

NOT_BEGUN = frozenset({StayStatus.EXPECTED, StayStatus.VOIDED})
KNOWN = "known"


def _facts(unit: Unit, caller: Caller, command: ProvisionCommand, *, ref: Ref, state: Provision | None) -> Facts:
    stay_ref = command.stay_ref if isinstance(command, RecordProvision) else unit.peek(ProvisionRow, ref)["stay_ref"]
    stay = state_of(Stay, unit.peek(StayRow, stay_ref))
    return Facts(
        provision_ref=ref,
        stay_ref=stay_ref,
        case_ref=stay.case_ref,
        day=unit.effective_day,
        by=caller.staff_ref,
        begun=None if stay.status in NOT_BEGUN else stay.day,
        left=stay.left,
    )


PROVISIONS = Commands("intake.provision", ProvisionRow, Provision, STATUSES, domain.decide, facts=_facts)
PROVISIONS.ordinary("correct", ask.CorrectProvision)
PROVISIONS.ordinary("void", ask.VoidProvision)


@PROVISIONS.does("record", ask.RecordProvisions, creates=True)
def record(unit: Unit, caller: Caller, command: ask.RecordProvisions, **_: object) -> tuple[LineReceipt, ...]:
    """What was given at one time. A line that is refused takes no other with it.

    Where all are refused, the answer is about a stay, unchanged: there is no provision to answer about.
    """
    cases = dict(_cases(unit, caller, command))
    if not cases:
        raise NotFound()
    unit.lock(*(Subject("case", case_ref) for case_ref in cases.values()))
    lines = (line.but(effective_at=command.effective_at) for line in command.lines)
    receipts = tuple(_line(unit, caller, line, cases.get(line.stay_ref)) for line in lines)
    unit.answer_about(StayRow, Stay, min(cases))
    return receipts


def _cases(unit: Unit, caller: Caller, command: ask.RecordProvisions) -> Iterable[tuple[Ref, CaseRef]]:
    """The cases behind the stays, as far as they are there and the caller may write to them."""
    action = PROVISIONS[ask.RecordProvisions].handling.action
    for stay_ref in sorted({line.stay_ref for line in command.lines}):
        try:
            case_ref = unit.peek(StayRow, stay_ref)["case_ref"]
            authorise(unit, caller, action, Subject("case", case_ref))
        except NotFound:
            continue
        yield stay_ref, case_ref


def _line(unit: Unit, caller: Caller, line: RecordProvision, case_ref: CaseRef | None) -> LineReceipt:
    if case_ref is None:
        return LineReceipt(ref=line.ref, status="refused", code="not_found")
    try:
        if unit.known(ProvisionRow, line.ref, line):
            unit.answer_about(ProvisionRow, Provision, line.ref)
            return LineReceipt(ref=line.ref, status=KNOWN, position=Subject("case", case_ref))
        decided = domain.decide(None, line, _facts(unit, caller, line, ref=line.ref, state=None))
    except HomewardError as refusal:
        return LineReceipt(ref=line.ref, status="refused", code=refusal.code)
    unit.save(ProvisionRow, line.ref, decided)
    return LineReceipt(ref=line.ref, status=decided.state.status, position=Subject("case", case_ref))
