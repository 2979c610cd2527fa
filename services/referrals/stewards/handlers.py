"""Commands on the register of directory stewards. Two of them, or the operator who begins it, change it."""

from collections.abc import Iterable, Mapping, Sequence

from services.referrals.organisations import handlers as organisations
from services.referrals.organisations.commands import RegisterOrganisation
from services.referrals.organisations.tables import OrganisationRow
from services.referrals.stewards import commands as ask
from services.referrals.stewards import domain
from services.referrals.stewards.commands import STATUSES, StewardCommand
from services.referrals.stewards.state import BeforeItBegins, Facts, Status, Steward, StewardName
from services.referrals.stewards.tables import DIRECTORY, OF_DIRECTORY, StewardRow
from shared.auth import Caller
from shared.ids import Ref, Subject
from shared.model import Command, Model
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.commands import Commands
from shared.writing.unit import Unit


def on_directory(_peek: Reading, _command: Command, _row: Row | None, _ref: Ref) -> Iterable[Subject]:
    """All that stewards do goes on one stream."""
    return (DIRECTORY,)


def active(reading: Reading) -> Sequence[Steward]:
    """Who looks after the directory now, who longest first."""
    return [state_of(Steward, row) for row in reading.select(StewardRow, status=Status.ACTIVE)]


def name_of(reading: Reading, row: Row | Ref) -> str | None:
    """How a steward is called; the caller's handler declared them as a sealing subject."""
    found: StewardName | None = reading.open(StewardRow, row, "called")
    return None if found is None else found.name


def _private(command: StewardCommand) -> Mapping[str, Model]:
    return {"called": StewardName(name=command.name)} if isinstance(command, ask.AppointSteward) else {}


def _both(_peek: Reading, command: ask.BeginDirectory, **_: object) -> Iterable[Subject]:
    return [Subject("steward", person.ref) for person in command.stewards]


def _facts(unit: Unit, _caller: Caller, _command: StewardCommand, *, ref: Ref, state: Steward | None) -> Facts:
    return Facts(active=tuple(active(unit)))


STEWARDS = Commands(
    "referrals.steward",
    StewardRow,
    Steward,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=on_directory,
    private=_private,
    belonging=OF_DIRECTORY,
)


@STEWARDS.does("begin", ask.BeginDirectory, if_match=False, subjects=_both)
def begin(unit: Unit, caller: Caller, command: ask.BeginDirectory, *, ref: Ref) -> None:
    """Write the first organisation and its two stewards, once. An organisation that is there already stays as it is."""
    STEWARDS.authorise(unit, caller, command)
    first = command.organisation
    unit.lock(DIRECTORY, Subject("organisation", first.ref))
    known, there = unit.select(StewardRow), unit.select(OrganisationRow)
    domain.may_begin(command, BeforeItBegins(stewards=bool(known), organisations=bool(there)))
    if unit.row(OrganisationRow, first.ref) is None:
        entry = RegisterOrganisation(**first.model_dump(exclude={"ref"}))
        organisations.agreed(unit, entry, ref=first.ref, by=first.ref)
    for person in command.stewards:
        appointed = ask.AppointSteward(staff_ref=person.ref, organisation_ref=first.ref, name=person.name)
        put_in_force(unit, appointed, ref=person.ref)


def put_in_force(unit: Unit, command: StewardCommand, *, ref: Ref) -> None:
    """What two stewards agreed on, or the operator began: inside their unit, which holds the lock and the keys."""
    state = unit.find(StewardRow, Steward, ref)
    facts = Facts(active=tuple(active(unit)))
    unit.save(StewardRow, ref, domain.decide(state, command, facts), private=_private(command))
