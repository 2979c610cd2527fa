"""What may be asked of a programme, and which of it each status allows."""

from typing import Annotated

from services.grants.programmes.money import Budget, Rate
from services.grants.programmes.state import Status, Terms
from shared.codes import CodeOf
from shared.contracts.grants import Currency, VoidReason
from shared.ids import Ref
from shared.model import C1, Command, Correction, Name, StatusTable, left_out

CorrectionReason = Annotated[str, CodeOf("correction_reason")]


class OpenProgramme(Command):
    """Open a programme with its budget. A budget in riel or dong names the rate by which its bands are told."""

    ref: Ref | None = None
    name: C1[Name]
    currency: Currency
    rate: Rate | None = None
    budget: C1[Budget]
    terms: Terms


class CorrectProgramme(Correction):
    """Put right the name, the budget or the terms, or record that the funder changed them."""

    reason: CorrectionReason
    name: C1[Name] = left_out()
    budget: C1[Budget] = left_out()
    terms: Terms = left_out()


class CloseProgramme(Command):
    """Approve nothing more."""


class VoidProgramme(Command):
    """Take back a programme entered in error, before any of its money moved."""

    reason: VoidReason


ProgrammeCommand = OpenProgramme | CorrectProgramme | CloseProgramme | VoidProgramme

STATUSES = StatusTable(
    "programme",
    opening=frozenset({OpenProgramme}),
    allowed={
        Status.OPEN: frozenset({CorrectProgramme, CloseProgramme, VoidProgramme}),
        Status.CLOSED: frozenset({CorrectProgramme}),
        Status.VOIDED: frozenset(),
    },
    withheld={VoidProgramme: lambda row: bool(row["reserved"] + row["committed"] + row["spent"])},
)
