"""What the engine returns: an outcome with everything that led to it. It is stored sealed, as one value.

There is no score. Nothing in here can rank one person against another.
"""

from enum import StrEnum

from services.screening.determinations.reasons import Reason
from services.screening.determinations.rules import Dimension, Fact, Ilo, Strength
from services.screening.determinations.state import Outcome
from services.screening.interviews.state import Profile
from shared.codes import labelled
from shared.ids import Ref
from shared.model import C3, Model


@labelled("element_state")
class ElementState(StrEnum):
    """How an element of trafficking stands."""

    PRESENT = "PRESENT"
    POSSIBLE = "POSSIBLE"
    NOT_SHOWN = "NOT_SHOWN"
    NOT_NEEDED = "NOT_NEEDED"
    DISREGARDED = "DISREGARDED"
    NOT_RAISED = "NOT_RAISED"


@labelled("element_name")
class ElementName(StrEnum):
    """Act, means and purpose, and the consent that negates none of them."""

    ACT = "ACT"
    MEANS = "MEANS"
    PURPOSE = "PURPOSE"
    CONSENT = "CONSENT"


class Tally(Model):
    """How many indicators of one dimension are supported, and whether that makes it positive."""

    dimension: C3[Dimension]
    strong: C3[int]
    medium: C3[int]
    weak: C3[int]
    positive: C3[bool]


class Support(Model):
    """One indicator, counted once, and the answers that support it."""

    indicator: C3[str]
    dimension: C3[Dimension]
    strength: C3[Strength]
    answers: C3[tuple[Ref, ...]]


class ElementRow(Model):
    """One line of the table of elements."""

    element: C3[ElementName]
    state: C3[ElementState]
    answers: C3[tuple[Ref, ...]] = ()


class DimensionChange(Model):
    """How many more indicators of one strength would make a dimension positive."""

    dimension: C3[Dimension]
    strength: C3[Strength]
    count: C3[int]


class RuleChange(Model):
    """A fact that alone would let an earlier rule hold."""

    rule: C3[str]
    outcome: C3[Outcome]
    fact: C3[Fact]


class Assessment(Model):
    """One suggestion, complete: whoever reads it can follow every step."""

    outcome: C3[Outcome]
    rule: C3[str]
    rules: C3[tuple[str, ...]]
    ruleset: C3[str]
    form: C3[str]
    profile: C3[Profile]
    presumed: C3[bool]
    ilo: C3[Ilo]
    flags: C3[tuple[str, ...]]
    handling: C3[tuple[str, ...]]
    tallies: C3[tuple[Tally, ...]]
    supports: C3[tuple[Support, ...]]
    elements: C3[tuple[ElementRow, ...]]
    acts: C3[tuple[str, ...]]
    actors: C3[tuple[str, ...]]
    purposes: C3[tuple[str, ...]]
    missing: C3[tuple[str, ...]]
    only_observed: C3[tuple[str, ...]]
    dimension_changes: C3[tuple[DimensionChange, ...]]
    rule_changes: C3[tuple[RuleChange, ...]]
    reasons: C3[tuple[Reason, ...]]
