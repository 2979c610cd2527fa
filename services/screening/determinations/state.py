"""What a determination is: one body's finding about one case. The finding itself is sealed; the state says who decided.

Several bodies may find differently. Each has its own determination, and none is overwritten.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled
from shared.contracts.screening import Body
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, Model, Narrative

DecisionReason = Annotated[str, CodeOf("determination_reason")]


@labelled("determination_status")
class Status(StrEnum):
    SUGGESTED = "suggested"
    DETERMINED = "determined"
    UNDER_REVIEW = "under_review"
    AMENDED = "amended"
    VOIDED = "voided"


@labelled("outcome")
class Outcome(StrEnum):
    """What may be found about a person."""

    VOT = "VOT"
    VOT_PRESUMED = "VOT_PRESUMED"
    EXPLOITED_MIGRANT = "EXPLOITED_MIGRANT"
    SMUGGLED_MIGRANT = "SMUGGLED_MIGRANT"
    CHILD_AT_RISK = "CHILD_AT_RISK"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_A_VICTIM = "NOT_A_VICTIM"


PROTECTION = (
    Outcome.VOT,
    Outcome.VOT_PRESUMED,
    Outcome.INCONCLUSIVE,
    Outcome.EXPLOITED_MIGRANT,
    Outcome.CHILD_AT_RISK,
    Outcome.SMUGGLED_MIGRANT,
    Outcome.NOT_A_VICTIM,
)
"""The most protective first. INCONCLUSIVE is treated as presumed for services."""


def lower(outcome: Outcome, than: Outcome) -> bool:
    """Does it protect less?"""
    return PROTECTION.index(outcome) > PROTECTION.index(than)


class Decider(Model):
    """A named person who took part, in a role and for an organisation."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    role: C0[str]


class Finding(Model):
    """One decision, as it was made. Earlier ones are kept behind later ones."""

    outcome: C3[Outcome]
    suggested: C3[Outcome]
    assessment: C0[int]
    deciders: C0[tuple[Decider, ...]]
    reason: C3[DecisionReason]
    words: C3[tuple[Narrative, ...]] = ()
    day: C0[date]

    @property
    def departs(self) -> bool:
        """Does it differ from what was suggested?"""
        return self.outcome is not self.suggested


class Findings(Model):
    """Sealed beside the state: findings that hold or held, one that awaits confirmation, and those refused it."""

    made: C3[tuple[Finding, ...]] = ()
    proposed: C3[Finding | None] = None
    rejected: C3[tuple[Finding, ...]] = ()


class Party(Model):
    """Somebody who takes part in deciding, for whom. Their part ends when it is decided."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]


class Determination(Model):
    """One body's way from a suggestion to a finding. `taking_part` are all who ever did, `parties` who do now."""

    case_ref: C0[CaseRef]
    interview_ref: C0[Ref]
    body: C0[Body]
    status: C0[Status]
    assessment: C0[int] = 1
    ruleset: C0[str]
    suggested_on: C0[date]
    taking_part: C0[tuple[StaffRef, ...]] = ()
    parties: C0[tuple[Party, ...]] = ()
    proposed_by: C0[StaffRef | None] = None
    deciders: C0[tuple[Decider, ...]] = ()
    decided_on: C0[date | None] = None
    reviewed_on: C0[date | None] = None
    findings: C0[int] = 0

    @property
    def deserted(self) -> bool:
        """Whether it waits to be decided, and nobody takes part in that."""
        return not self.parties and self.status in (Status.SUGGESTED, Status.UNDER_REVIEW)
