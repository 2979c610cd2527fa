"""Facts of the directory: who offers what, and which groups people can join."""

from typing import ClassVar

from shared.contracts.leaves import Count, Country, Day
from shared.contracts.referrals.terms import GroupKind, OrganisationKind, PauseReason, ServiceCode, VoidReason
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Event


class _OfOrganisation(Event):
    stream: ClassVar[str] = "organisation"
    organisation_ref: OrganisationRef


class OrganisationRegistered(_OfOrganisation):
    """An organisation stands in the directory with the services it offers."""

    type: ClassVar[str] = "referrals.organisation.registered.v1"
    kind: OrganisationKind
    country: Country
    services: tuple[ServiceCode, ...]


class StaffLeft(_OfOrganisation):
    """Somebody no longer works for the organisation: nothing that they may see or do there is open to them."""

    type: ClassVar[str] = "referrals.staff.left.v1"
    staff_ref: StaffRef


class StaffReturned(_OfOrganisation):
    """Somebody works for the organisation again. No part that they had before counts."""

    type: ClassVar[str] = "referrals.staff.returned.v1"
    staff_ref: StaffRef


class OrganisationCapacityChanged(_OfOrganisation):
    """An organisation now has this many places for a service."""

    type: ClassVar[str] = "referrals.organisation.capacity_changed.v1"
    service: ServiceCode
    places: Count
    day: Day


class OrganisationSuspended(_OfOrganisation):
    """Nobody is to be sent to the organisation for now."""

    type: ClassVar[str] = "referrals.organisation.suspended.v1"
    reason: PauseReason


class OrganisationReinstated(_OfOrganisation):
    """A suspended organisation may be sent to again."""

    type: ClassVar[str] = "referrals.organisation.reinstated.v1"


class OrganisationClosed(_OfOrganisation):
    """The organisation no longer works."""

    type: ClassVar[str] = "referrals.organisation.closed.v1"
    day: Day


class OrganisationCorrected(_OfOrganisation):
    """What the directory said of the organisation was wrong; these are its services."""

    type: ClassVar[str] = "referrals.organisation.corrected.v1"
    kind: OrganisationKind
    country: Country
    services: tuple[ServiceCode, ...]


class OrganisationVoided(_OfOrganisation):
    """The organisation was entered in error."""

    type: ClassVar[str] = "referrals.organisation.voided.v1"
    reason: VoidReason


class _OfGroup(Event):
    stream: ClassVar[str] = "group"
    group_ref: Ref


class GroupFormed(_OfGroup):
    """A self-help group, a cooperative or an awareness session exists."""

    type: ClassVar[str] = "referrals.group.formed.v1"
    kind: GroupKind
    service: ServiceCode
    organisation_ref: OrganisationRef
    day: Day


class GroupHeld(_OfGroup):
    """The group met on that day with so many members."""

    type: ClassVar[str] = "referrals.group.held.v1"
    day: Day
    attended: Count


class GroupClosed(_OfGroup):
    """The group has ended."""

    type: ClassVar[str] = "referrals.group.closed.v1"
    day: Day


class GroupCorrected(_OfGroup):
    """What was recorded of the group was wrong."""

    type: ClassVar[str] = "referrals.group.corrected.v1"
    kind: GroupKind
    service: ServiceCode
    day: Day


class GroupVoided(_OfGroup):
    """The group was entered in error."""

    type: ClassVar[str] = "referrals.group.voided.v1"
    reason: VoidReason
