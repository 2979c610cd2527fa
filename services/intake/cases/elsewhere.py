"""What other systems call a case: sealed under the case, opened only where somebody asks for that one case."""

from collections.abc import Iterable, Mapping

from services.intake.cases import commands as ask
from services.intake.cases.commands import CaseCommand
from services.intake.cases.state import Elsewhere
from services.intake.cases.tables import CaseRow
from services.intake.persons.state import ExternalReference
from shared.ids import CaseRef, Subject
from shared.model import Command, Model
from shared.reading import Reading
from shared.storage.tables import Row

SAYS = ask.OpenCase | ask.CorrectCase


def says(command: object) -> bool:
    """Whether a command says what the case is called elsewhere. Left out, what is sealed stays."""
    return isinstance(command, SAYS) and "external_references" in command.model_fields_set


def said(_peek: Reading, command: Command, *, ref: CaseRef) -> Iterable[Subject]:
    """The sealing subject of a command that says so: the case."""
    return (Subject("case", ref),) if says(command) else ()


def kept(peek: Reading, *, ref: CaseRef) -> Iterable[Subject]:
    """The sealing subject of a read: the case, where anything is sealed."""
    row = peek.row(CaseRow, ref)
    return () if row is None or row["elsewhere"] is None else (Subject("case", ref),)


def private(command: CaseCommand) -> Mapping[str, Model | None]:
    """What a command says of it, to be sealed. An empty list empties it."""
    if not isinstance(command, SAYS) or not says(command):
        return {}
    given = command.external_references
    return {"elsewhere": Elsewhere(external_references=given) if given else None}


def opened(reading: Reading, row: Row | CaseRef) -> tuple[ExternalReference, ...]:
    """What other systems call it."""
    found: Elsewhere | None = reading.open(CaseRow, row, "elsewhere")
    return () if found is None else found.external_references


def same(reading: Reading, command: CaseCommand, ref: CaseRef) -> bool:
    """Whether what the command says of it is what was said before, or it says nothing."""
    return not isinstance(command, SAYS) or not says(command) or command.external_references == opened(reading, ref)
