"""What is done with programmes. Money moves with applications and instalments, under this stream's lock."""

from services.grants.programmes import commands as ask
from services.grants.programmes.commands import STATUSES, ProgrammeCommand
from services.grants.programmes.domain import decide
from services.grants.programmes.state import Facts, Programme
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import OWN, Caller
from shared.ids import Ref
from shared.writing.commands import Commands, on_itself
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, _: ProgrammeCommand, *, ref: Ref, state: Programme | None) -> Facts:
    return Facts(ref, caller.staff_ref, caller.organisation_ref, unit.effective_day)


PROGRAMMES = Commands(
    "grants.programme",
    ProgrammeRow,
    Programme,
    STATUSES,
    decide,
    facts=_facts,
    streams=on_itself("programme"),
    belonging=OWN,
)
PROGRAMMES.ordinary("open", ask.OpenProgramme)
PROGRAMMES.ordinary("correct", ask.CorrectProgramme)
PROGRAMMES.ordinary("close", ask.CloseProgramme)
PROGRAMMES.ordinary("void", ask.VoidProgramme)
