"""Commands on requests to be forgotten. What is executed shuts cases and person in the unit that decides it."""

from collections.abc import Iterable

from services.intake.cases import handlers as cases
from services.intake.cases.tables import CaseRow
from services.intake.erasures import commands as ask
from services.intake.erasures import domain
from services.intake.erasures.commands import STATUSES, ErasureCommand
from services.intake.erasures.state import Erasure, Facts, Status
from services.intake.erasures.tables import ERASURE, ErasureRow
from services.intake.lines.tables import LineRow
from services.intake.persons import handlers as persons
from services.intake.persons.tables import PERSON, PersonRow
from shared.auth import Caller
from shared.clock import day_begins, local_day, next_day
from shared.contracts.intake import PersonErased
from shared.erasing.doing import Destroyed
from shared.ids import PersonRef, Ref, Subject
from shared.journey.todos import Heard
from shared.model import Decided
from shared.reading import Reading
from shared.storage.tables import state_of
from shared.writing import forgetting
from shared.writing.commands import Commands, on_itself
from shared.writing.unit import Unit


def _person(command: ErasureCommand, state: Erasure | None) -> PersonRef:
    if isinstance(command, ask.AskErasure):
        return command.person_ref
    assert state is not None
    return state.person_ref


def _facts(unit: Unit, caller: Caller, command: ErasureCommand, *, ref: Ref, state: Erasure | None) -> Facts:
    person_ref = _person(command, state)
    rows = [unit.peek(PersonRow, person_ref), *unit.select(CaseRow, person_ref=person_ref)]
    return Facts(
        erasure_ref=ref,
        today=local_day(unit.now),
        by=caller.staff_ref,
        organisation_ref=caller.organisation_ref,
        cases=tuple(sorted(row["ref"] for row in rows[1:])),
        lines=tuple(sorted({row["line_ref"] for row in rows} - {None})),
        others=tuple(
            state_of(Erasure, row) for row in unit.select(ErasureRow, person_ref=person_ref) if row["ref"] != ref
        ),
    )


def _plant(unit: Unit, _caller: Caller, *, ref: Ref, before: Erasure | None, decided: Decided[Erasure]) -> None:
    """The clocks of the law; and of a decision that was put off, the day until which."""
    state, subject, of = decided.state, Subject("erasure", ref), {"erasure_ref": ref}
    if before is None:
        unit.later("erasure_unacknowledged", subject, day_begins(next_day(state.acknowledge_by)), of)
        unit.later("erasure_unanswered", subject, day_begins(next_day(state.answer_by)), of)
    if state.until is not None and (before is None or before.until != state.until):
        unit.later("erasure_put_off", subject, day_begins(state.until), of)


ERASURES = Commands(
    "intake.erasure",
    ErasureRow,
    Erasure,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=on_itself("erasure"),
    after=_plant,
    belonging=ERASURE,
)
ERASURES.ordinary("acknowledge", ask.AcknowledgeErasure)
ERASURES.ordinary("lift_hold", ask.LiftHold)
ERASURES.ordinary("confirm", ask.ConfirmErasure)


@ERASURES.does("ask", ask.AskErasure, creates=True)
def ask_erasure(unit: Unit, caller: Caller, command: ask.AskErasure, *, ref: Ref) -> None:
    """Somebody wants to be forgotten: written down by those who work for them."""
    ERASURES.authorise(unit, caller, command, PERSON.places(unit, unit.peek(PersonRow, command.person_ref)))
    unit.lock(Subject("erasure", ref), Subject("person", command.person_ref))
    if ERASURES.known(unit, caller, command, ref):
        return
    _decided(unit, caller, command, ref, unit.find(ErasureRow, Erasure, ref))


@ERASURES.does("decide", ask.DecideErasure)
def decide_erasure(unit: Unit, caller: Caller, command: ask.DecideErasure, *, ref: Ref) -> None:
    """Decide on a request. From an execution on nobody finds the person any more; what is sealed is destroyed next."""
    row = unit.peek(ErasureRow, ref)
    ERASURES.authorise(unit, caller, command, ERASURE.places(unit, row))
    unit.lock(Subject("erasure", ref), *_streams(unit, row["person_ref"]))
    unit.restart_if(not {*_streams(unit, row["person_ref"])} <= unit.versions.keys())
    decided = _decided(unit, caller, command, ref, unit.load(ErasureRow, Erasure, ref)[0])
    for case_ref in decided.state.cases if decided.events else ():
        cases.erase(unit, case_ref, ref)
    if decided.events and decided.state.status is Status.EXECUTED:
        persons.erase(unit, row["person_ref"], ref)


def _streams(reading: Reading, person_ref: PersonRef) -> Iterable[Subject]:
    """The person and all their cases: whoever opens one holds the person's lock."""
    yield Subject("person", person_ref)
    yield from (Subject("case", row["ref"]) for row in reading.select(CaseRow, person_ref=person_ref))


def _decided(unit: Unit, caller: Caller, command: ErasureCommand, ref: Ref, state: Erasure | None) -> Decided[Erasure]:
    decided = domain.decide(state, command, _facts(unit, caller, command, ref=ref, state=state))
    unit.save(ErasureRow, ref, decided)
    _plant(unit, caller, ref=ref, before=state, decided=decided)
    return decided


def of_person(peek: Reading, event: Heard[PersonErased]) -> Iterable[Subject]:
    """Whose keys an order destroys beside those of cases: the person's, and those of their lines."""
    yield Subject("person", event.data.person_ref)
    yield from (Subject("line", line) for line in peek.peek(ErasureRow, event.data.erasure_ref)["lines"])


def forget_person(unit: Unit, event: Heard[PersonErased], destroyed: Destroyed) -> int:
    """Empty who the person is, and what stands of them on lists; how many rows. Who writes on a list is locked out."""
    lines = [unit.row(LineRow, ref) for ref in unit.peek(ErasureRow, event.data.erasure_ref)["lines"]]
    lists = {Subject("handover", row["handover_ref"]) for row in lines if row is not None}
    return forgetting.carried_out(unit, destroyed, event.subject, *lists)


def asked(unit: Unit, ref: Ref) -> bool:
    """Whether nobody has decided on it yet."""
    return _state(unit, ref).status is Status.ASKED


def unacknowledged(unit: Unit, ref: Ref) -> bool:
    """Whether nobody has told the person yet that it was received."""
    return asked(unit, ref) and not _state(unit, ref).acknowledged


def put_off(unit: Unit, ref: Ref) -> bool:
    """Whether the decision is still one that was put off."""
    return _state(unit, ref).status is Status.DEFERRED


def _state(unit: Unit, ref: Ref) -> Erasure:
    return state_of(Erasure, unit.peek(ErasureRow, ref))
