"""What is kept of a request to be forgotten, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled
from shared.ids import CaseRef, LineRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0, Model

ErasureGround = Annotated[str, CodeOf("erasure_ground")]


@labelled("erasure_status")
class Status(StrEnum):
    ASKED = "asked"
    EXECUTED = "executed"
    PARTLY_EXECUTED = "partly_executed"
    DEFERRED = "deferred"
    REFUSED = "refused"


class Confirmed(Model):
    """What one service destroyed of a case, or of the person."""

    service: C0[str]
    subject: C0[str]
    rows: C0[int]
    keys: C0[int]


class Erasure(Model):
    """Somebody's wish to be forgotten. `hold_ref` is the legal hold that keeps anything from being destroyed.

    `cases` and `lines` are what an execution reaches, beside the person.
    """

    person_ref: C0[PersonRef]
    organisation_ref: C0[OrganisationRef]
    staff_ref: C0[StaffRef]
    status: C0[Status]
    asked_on: C0[date]
    acknowledge_by: C0[date]
    answer_by: C0[date]
    acknowledged: C0[bool] = False
    ground: C0[ErasureGround | None] = None
    until: C0[date | None] = None
    hold_ref: C0[Ref | None] = None
    decided_by: C0[StaffRef | None] = None
    decided_on: C0[date | None] = None
    cases: C0[tuple[CaseRef, ...]] = ()
    lines: C0[tuple[LineRef, ...]] = ()
    confirmed: C0[tuple[Confirmed, ...]] = ()


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command. `others` are requests for the same person."""

    erasure_ref: Ref
    today: date
    by: StaffRef
    organisation_ref: OrganisationRef
    cases: tuple[CaseRef, ...] = ()
    lines: tuple[LineRef, ...] = ()
    others: tuple[Erasure, ...] = ()
