"""What may be asked of the register of directory stewards. All of it is inner: nobody asks for it over HTTP."""

from typing import Annotated

from pydantic import Field

from services.referrals.stewards.state import Status
from shared.contracts.leaves import Country
from shared.contracts.referrals import OrganisationKind
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0, C1, Command, Given, Name, StatusTable


class FirstOrganisation(Given):
    """The organisation of the first two stewards, under the ref that their tokens name."""

    ref: OrganisationRef
    kind: OrganisationKind
    name: C0[Name]
    alternate_name: C0[Name] | None = None
    country: Country = "KH"


class FirstSteward(Given):
    """One of the first two, under the ref that their token names."""

    ref: StaffRef
    name: C1[Name]


class BeginDirectory(Command):
    """Write the first organisation and its two stewards. `upgrade`: into a directory of before there were any."""

    organisation: FirstOrganisation
    stewards: Annotated[tuple[FirstSteward, ...], Field(min_length=2, max_length=2)]
    upgrade: bool = False


class AppointSteward(Command):
    """Somebody looks after the directory: two stewards agreed on it, or the directory begins."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    name: C1[Name]


class RemoveSteward(Command):
    """They no longer do: two stewards agreed on it."""


StewardCommand = AppointSteward | RemoveSteward

STATUSES = StatusTable(
    "steward",
    opening=frozenset({BeginDirectory, AppointSteward}),
    allowed={Status.ACTIVE: frozenset({RemoveSteward}), Status.REMOVED: frozenset({AppointSteward})},
    inner=frozenset({BeginDirectory, AppointSteward, RemoveSteward}),
)
