"""What is done with programmes. Money moves with applications and instalments, under this stream's lock."""

from services.grants.programmes import domain
from services.grants.programmes.domain import (
    CloseProgramme,
    CorrectProgramme,
    Facts,
    OpenProgramme,
    Programme,
    VoidProgramme,
)
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller, authorise
from shared.ids import Ref
from shared.model import Command
from shared.writing.handling import handles
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, ref: Ref) -> Facts:
    return Facts(ref, caller.staff_ref, caller.organisation_ref, unit.effective_day)


def _change(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    authorise(unit, caller, action, f"programme/{ref}")
    unit.lock(f"programme/{ref}")
    state, _ = unit.load(ProgrammeRow, Programme, ref)
    unit.save(ProgrammeRow, ref, domain.decide(state, command, _facts(unit, caller, ref)))


@handles("grants.programme.open", creates=True)
def open_programme(unit: Unit, caller: Caller, command: OpenProgramme, *, ref: Ref) -> None:
    """Open a programme for the caller's organisation."""
    authorise(unit, caller, "grants.programme.open", f"programme/{ref}")
    unit.lock(f"programme/{ref}")
    state = unit.find(ProgrammeRow, Programme, ref)
    unit.save(ProgrammeRow, ref, domain.decide(state, command, _facts(unit, caller, ref)))


@handles("grants.programme.correct")
def correct(unit: Unit, caller: Caller, command: CorrectProgramme, *, ref: Ref) -> None:
    """Put right name, budget or terms."""
    _change(unit, caller, command, "grants.programme.correct", ref)


@handles("grants.programme.close")
def close(unit: Unit, caller: Caller, command: CloseProgramme, *, ref: Ref) -> None:
    """Approve nothing more."""
    _change(unit, caller, command, "grants.programme.close", ref)


@handles("grants.programme.void")
def void(unit: Unit, caller: Caller, command: VoidProgramme, *, ref: Ref) -> None:
    """Take back a programme entered in error."""
    _change(unit, caller, command, "grants.programme.void", ref)
