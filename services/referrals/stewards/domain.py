"""The rules of the register of directory stewards: one entry per person, two of them at least, begun once."""

from typing import assert_never

from services.referrals.stewards.commands import (
    STATUSES,
    AppointSteward,
    BeginDirectory,
    RemoveSteward,
    StewardCommand,
)
from services.referrals.stewards.state import BeforeItBegins, Facts, Status, Steward
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Decided

FEWEST = 2
"""One alone could agree with nobody."""


def decide(state: Steward | None, command: StewardCommand, facts: Facts) -> Decided[Steward]:
    """What becomes of an entry of the register."""
    STATUSES.check(None if state is None else state.status, command)
    match command:
        case AppointSteward():
            return _appoint(command, facts)
        case RemoveSteward():
            assert state is not None
            return _remove(state, facts)
        case _:
            assert_never(command)


def may_begin(command: BeginDirectory, before: BeforeItBegins) -> None:
    """Refuse to begin a directory twice, with one person, or where others have filled it, unless that is said."""
    if before.stewards:
        raise Refused("directory_begun")
    if before.organisations and not command.upgrade:
        raise Refused("directory_not_empty")
    if len({person.ref for person in command.stewards}) < FEWEST:
        raise Refused("steward_known")


def _appoint(command: AppointSteward, facts: Facts) -> Decided[Steward]:
    """One person has one entry, whoever they work for: who stands there twice could agree with themselves."""
    if any(other.staff_ref == command.staff_ref for other in facts.active):
        raise Refused("steward_known")
    steward = Steward(
        status=Status.ACTIVE,
        staff_ref=command.staff_ref,
        organisation_ref=command.organisation_ref,
    )
    return Decided(steward, (told.StewardAppointed(**_named(steward)),))


def _remove(state: Steward, facts: Facts) -> Decided[Steward]:
    if len(facts.active) <= FEWEST:
        raise Refused("two_stewards_stay")
    return Decided(state.but(status=Status.REMOVED), (told.StewardRemoved(**_named(state)),))


def _named(steward: Steward) -> dict[str, str]:
    return {name: getattr(steward, name) for name in ("directory_ref", "staff_ref", "organisation_ref")}
