"""What is kept of a request for access, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from shared.codes import CodeOf, labelled
from shared.contracts.leaves import RelationKind
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, Model

AccessReason = Annotated[str, CodeOf("access_reason")]
_SYMBOL = "[2-9A-HJ-NP-Z]"
CaseNumber = Annotated[str, StringConstraints(pattern=f"^{_SYMBOL}{{3}}-{_SYMBOL}{{3}}-{_SYMBOL}{{4}}$")]


@labelled("access_request_status")
class Status(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class AccessRequest(Model):
    """Somebody asks to work on a case of another organisation.

    `case_ref` is found after the request was taken, and is never shown to who asked: an unknown number looks the same.
    """

    status: C0[Status]
    case_number: C0[str]
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    kind: C0[RelationKind]
    reason: C0[AccessReason]
    looked_for: C0[bool] = False
    case_ref: C0[CaseRef | None] = None
    until: C0[date | None] = None


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    request_ref: Ref
    today: date
    by: StaffRef
    organisation_ref: OrganisationRef
    case_ref: CaseRef | None = None
    waiting: tuple[tuple[str, str], ...] = ()
