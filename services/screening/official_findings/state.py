"""What is kept of a finding of a body of state. What it found is sealed, as is why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.screening.determinations.state import Outcome
from shared.codes import labelled
from shared.contracts.screening import Body
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C0, C3, Model, Narrative


@labelled("official_finding_status")
class Status(StrEnum):
    RECORDED = "recorded"
    VOIDED = "voided"


class Found(Model):
    """Sealed beside the state: what the body found, and why."""

    outcome: C3[Outcome]
    words: C3[Narrative | None] = None


class OfficialFinding(Model):
    """What one organisation of a body of state found, by its own means. It rests on nothing that is known here."""

    case_ref: C0[CaseRef]
    case_number: C0[str]
    organisation_ref: C0[OrganisationRef]
    body: C0[Body]
    status: C0[Status]
    found_on: C0[date]


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command. `bodies` are those of state that the caller speaks for."""

    ref: Ref
    day: date
    case_ref: CaseRef
    organisation_ref: OrganisationRef
    bodies: frozenset[str] = frozenset()
    has_one: bool = False
    found: Found | None = None
