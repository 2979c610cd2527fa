"""What is kept of something given, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C0, Model

ProvisionKind = Annotated[str, CodeOf("provision")]


@labelled("provision_status")
class Status(StrEnum):
    GIVEN = "given"
    VOIDED = "voided"


class Provision(Model):
    """Something given on a day."""

    stay_ref: C0[Ref]
    case_ref: C0[CaseRef]
    status: C0[Status]
    kind: C0[ProvisionKind]
    count: C0[int]
    day: C0[date]
    given_by: C0[StaffRef]


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command: among it the first and the last day at the centre."""

    provision_ref: Ref
    stay_ref: Ref
    case_ref: CaseRef
    day: date
    by: StaffRef
    begun: date | None = None
    left: date | None = None
