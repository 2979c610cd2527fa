"""What is kept of a directory steward, and what a rule about them needs beside that.

Stewards look after the kinds of organisation that have authority. They work on no case, and no case is opened to them.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.referrals import THE_DIRECTORY
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import C0, C1, Given, Model, Name


@labelled("steward_status")
class Status(StrEnum):
    """Whether somebody looks after the directory."""

    ACTIVE = "active"
    REMOVED = "removed"


class StewardName(Given):
    """How a steward is called: the name of somebody in office, told to other stewards alone, and sealed."""

    name: C1[Name]


class Steward(Model):
    """One person, for one organisation, under the person's own ref: so nobody stands in the register twice."""

    status: C0[Status]
    directory_ref: C0[Ref] = THE_DIRECTORY
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]


@dataclass(frozen=True)
class Facts:
    """Who looks after the directory now."""

    active: tuple[Steward, ...] = ()


@dataclass(frozen=True)
class BeforeItBegins:
    """What a store holds when an operator begins its directory: was there ever a steward, is there an organisation?"""

    stewards: bool
    organisations: bool
