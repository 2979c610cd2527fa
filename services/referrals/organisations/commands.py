"""What may be asked of an organisation, and which of it each status allows."""

from typing import Annotated

from pydantic import Field

from services.referrals.organisations.state import OfferedService, OrganisationContact, Status
from shared.contracts.leaves import Count, Country
from shared.contracts.referrals import OrganisationKind, PauseReason, ServiceCode, VoidReason, has_authority
from shared.ids import Ref
from shared.model import C0, C2, Command, Correction, Name, StatusTable, left_out


class RegisterOrganisation(Command):
    """Put an organisation into the directory."""

    ref: Ref | None = None
    kind: OrganisationKind
    name: C0[Name]
    alternate_name: C0[Name] | None = None
    country: Country = "KH"
    services: tuple[OfferedService, ...] = Field(default=(), max_length=60)
    contact: C2[OrganisationContact] | None = None


class ChangeCapacity(Command):
    """Say how many places a service has now."""

    service: ServiceCode
    available: Count
    maximum: Count | None = None


class SuspendOrganisation(Command):
    """Refer nobody there for now."""

    reason: PauseReason


class ReinstateOrganisation(Command):
    """Refer people there again."""


class CloseOrganisation(Command):
    """The organisation no longer works."""


class CorrectOrganisation(Correction):
    """Put right what the directory says."""

    kind: OrganisationKind = left_out()
    name: C0[Name] = left_out()
    alternate_name: C0[Name] | None = left_out()
    country: Country = left_out()
    services: Annotated[tuple[OfferedService, ...], Field(max_length=60)] = left_out()
    contact: C2[OrganisationContact] | None = left_out()


class VoidOrganisation(Command):
    """Take back an entry made in error."""

    reason: VoidReason


OrganisationCommand = (
    RegisterOrganisation
    | ChangeCapacity
    | SuspendOrganisation
    | ReinstateOrganisation
    | CloseOrganisation
    | CorrectOrganisation
    | VoidOrganisation
)

_ALWAYS: frozenset[type[Command]] = frozenset({CorrectOrganisation, VoidOrganisation})

STATUSES = StatusTable(
    "organisation",
    opening=frozenset({RegisterOrganisation}),
    allowed={
        Status.ACTIVE: _ALWAYS | {ChangeCapacity, SuspendOrganisation, CloseOrganisation},
        Status.SUSPENDED: _ALWAYS | {ChangeCapacity, ReinstateOrganisation, CloseOrganisation},
        Status.CLOSED: _ALWAYS,
        Status.VOIDED: frozenset(),
    },
    withheld=dict.fromkeys(
        (SuspendOrganisation, ReinstateOrganisation, CloseOrganisation, VoidOrganisation),
        lambda row: has_authority(row["kind"]),
    ),
)
