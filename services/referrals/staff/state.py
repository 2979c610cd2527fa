"""What is kept of somebody who works for an organisation, and what a rule about it needs beside that.

Roles are noted so that a supervisor can look them up. What somebody may do follows from their token alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.codes import CodeOf, labelled
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0, C2, Given, Model, Name

Roles = Annotated[tuple[Annotated[str, CodeOf("caller_role")], ...], Field(max_length=20)]
SUPERVISOR, OF_NOBODY = "SUPERVISOR", "SYSTEM"
"""Who keeps a register, and the role in which services act among themselves."""


@labelled("staff_status")
class Status(StrEnum):
    """Whether somebody works for the organisation."""

    ACTIVE = "active"
    LEFT = "left"


class StaffName(Given):
    """How somebody is called. Who works against traffickers can be threatened, so it is sealed."""

    name: C2[Name]


class Staff(Model):
    """Somebody at one organisation. The same person at another one is another entry, and has nothing of this."""

    organisation_ref: C0[OrganisationRef]
    staff_ref: C0[StaffRef]
    status: C0[Status]
    roles: C0[Roles] = ()

    @property
    def supervises(self) -> bool:
        """Whether a supervisor, as the register says."""
        return SUPERVISOR in self.roles


@dataclass(frozen=True)
class Facts:
    """Whether the organisation stands in the directory, the person in the register, and who would be left without."""

    in_directory: bool = True
    registered: bool = False
    last_supervisor: bool = False
