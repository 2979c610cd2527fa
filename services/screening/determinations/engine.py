"""Suggests a finding from answers, by rules that are data, and says why. It never determines: a named person does.

Everything is a function of the set of answers. Their order, the machine and the day change no byte, and
an old assessment can be made again under its own rules and form.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.screening.determinations.assessment import (
    Assessment,
    DimensionChange,
    ElementName,
    ElementRow,
    ElementState,
    RuleChange,
    Tally,
)
from services.screening.determinations.evidence import Evidence
from services.screening.determinations.reasons import Reason
from services.screening.determinations.rules import Dimension, Fact, Rule, Ruleset, Strength, positive
from services.screening.determinations.state import Outcome
from services.screening.interviews.answers import Given, standing
from services.screening.interviews.forms import Element, Form
from services.screening.interviews.state import Profile

_MEANS = frozenset({Fact.D, Fact.C, Fact.K})
_WEAK_MEANS = frozenset({Fact.V, Fact.U})
_FAMILY = frozenset({"PARENT", "STEP_PARENT"})
_FLAGGED = {Element.REPEAT_RETURN: "REPEAT_RETURN", Element.SUSPECTED_EXPLOITER: "SUSPECTED_EXPLOITER"}


@dataclass(frozen=True)
class Known:
    """What is known besides the answers. `child_then` None: nobody has evaluated the age, so it is a child."""

    child_then: bool | None = None
    stopped: bool = False


def profile_of(known: Known) -> Profile:
    """A child, unless it was evaluated that the person was an adult all the time."""
    return Profile.ADULT if known.child_then is False else Profile.CHILD


def matching(rules: Iterable[Rule], facts: frozenset[Fact]) -> tuple[Rule, ...]:
    """All rules that hold, in the order in which they are tried; the default only when none does."""
    ordered = tuple(rules)
    held = tuple(rule for rule in ordered if any(line.holds(facts) for line in rule.lines))
    return held or tuple(rule for rule in ordered if rule.default)


def assess(ruleset: Ruleset, form: Form, answers: Iterable[Given], known: Known) -> Assessment:
    """The suggestion for these answers, with everything that led to it."""
    evidence = Evidence(ruleset, form, profile_of(known), standing(answers), known.stopped)
    rules = ruleset.of(evidence.profile)
    matched = matching(rules, evidence.facts)
    decisive = matched[0]
    presumed = known.child_then is None
    flags = tuple(sorted(set(_flags(evidence, matched))))
    dimension_changes = tuple(_dimension_changes(evidence))
    rule_changes = tuple(_rule_changes(rules[: rules.index(decisive)], evidence.facts, decisive.outcome))
    return Assessment(
        outcome=decisive.outcome,
        rule=decisive.code,
        rules=tuple(rule.code for rule in matched),
        ruleset=ruleset.version,
        form=form.version,
        profile=evidence.profile,
        presumed=presumed,
        ilo=decisive.ilo,
        flags=flags,
        handling=_handling(evidence),
        tallies=evidence.tallies,
        supports=evidence.supports,
        elements=tuple(_elements(evidence)),
        acts=tuple(sorted({act for question in evidence.acting for act in question.acts})),
        actors=tuple(sorted({actor for question in evidence.acting for actor in question.actors})),
        purposes=tuple(sorted({purpose for question in evidence.yes for purpose in question.purposes})),
        missing=evidence.unknown,
        only_observed=evidence.only_observed,
        dimension_changes=dimension_changes,
        rule_changes=rule_changes,
        reasons=(
            Reason(key=f"rule.{decisive.code}"),
            Reason(key="profile.CHILD_PRESUMED" if presumed else f"profile.{evidence.profile}"),
            *_shown(evidence),
            *(Reason(key=f"flag.{flag}") for flag in flags),
            *_open_ends(evidence),
            *_changes(rule_changes, dimension_changes),
        ),
    )


def marks(matched: tuple[Rule, ...]) -> Iterator[str]:
    """What the rules that hold mark. Beside a finding that a rule is sure of, no other rule marks anything."""
    sure = matched[0].outcome in (Outcome.VOT, Outcome.VOT_PRESUMED)
    for rule in matched:
        yield from (flag for flag in rule.flags if rule is matched[0] or not sure)


def _flags(evidence: Evidence, matched: tuple[Rule, ...]) -> Iterator[str]:
    yield from marks(matched)
    yield from (flag for element, flag in _FLAGGED.items() if evidence.showing(element))
    if evidence.profile is Profile.CHILD and evidence.showing(Element.ACCOMPANIED):
        yield "ACCOMPANYING_MINOR"


def _handling(evidence: Evidence) -> tuple[str, ...]:
    """How to treat the person. It follows from who may be implicated, and never changes the finding."""
    found: set[str] = set()
    if evidence.profile is Profile.CHILD:
        found |= {"CHILD_SAFEGUARDS", "ESCORT_REQUIRED"}
        if _parent_acted(evidence):
            found |= {"SEPARATE_ROOM", "SEPARATE_INTERVIEW"}
    if evidence.showing(Element.SUSPECTED_EXPLOITER):
        found |= {"SEPARATE_ROOM", "SEPARATE_INTERVIEW"}
    return tuple(sorted(found))


def _parent_acted(evidence: Evidence) -> bool:
    return any(_FAMILY & set(question.actors) for question in evidence.acting)


def _elements(evidence: Evidence) -> Iterator[ElementRow]:
    facts, child = evidence.facts, evidence.profile is Profile.CHILD
    act = ElementState.PRESENT if Fact.ACT in facts else ElementState.NOT_SHOWN
    yield ElementRow(element=ElementName.ACT, state=act, answers=evidence.refs(evidence.acting))
    means = _means(facts)
    pressing = tuple(
        sorted({ref for s in evidence.supports if s.dimension is not Dimension.EXPLOITATION for ref in s.answers})
    )
    shown = ElementState.NOT_NEEDED if child else means
    yield ElementRow(element=ElementName.MEANS, state=shown, answers=pressing)
    exploiting = {ref for s in evidence.supports if s.dimension is Dimension.EXPLOITATION for ref in s.answers}
    exploiting |= set(evidence.refs(evidence.purposeful))
    yield ElementRow(element=ElementName.PURPOSE, state=_purpose(facts, child), answers=tuple(sorted(exploiting)))
    said = evidence.showing(Element.DISREGARDED)
    consent = ElementState.DISREGARDED if said else ElementState.NOT_RAISED
    yield ElementRow(element=ElementName.CONSENT, state=consent, answers=evidence.refs(said))


def _means(facts: frozenset[Fact]) -> ElementState:
    if _MEANS & facts:
        return ElementState.PRESENT
    return ElementState.POSSIBLE if _WEAK_MEANS & facts else ElementState.NOT_SHOWN


def _purpose(facts: frozenset[Fact], child: bool) -> ElementState:
    if facts & {Fact.X, Fact.OTHER_PURPOSE} or (child and facts & {Fact.CHILD_USED}):
        return ElementState.PRESENT
    return ElementState.POSSIBLE if facts & {Fact.EXPLOITATION_SIGN, Fact.PROCEEDS_TAKEN} else ElementState.NOT_SHOWN


def _dimension_changes(evidence: Evidence) -> Iterator[DimensionChange]:
    """For every dimension that is not positive: the fewest further indicators of one strength that make it so."""
    for tally in evidence.tallies:
        if tally.positive:
            continue
        for strength in Strength:
            count = _needed(tally.strong, tally.medium, tally.weak, strength)
            if count is not None and count <= _left(evidence, tally.dimension, strength):
                yield DimensionChange(dimension=tally.dimension, strength=strength, count=count)


def _needed(strong: int, medium: int, weak: int, strength: Strength) -> int | None:
    for count in (1, 2, 3):
        more = [count if strength is each else 0 for each in Strength]
        if positive(strong + more[0], medium + more[1], weak + more[2]):
            return count
    return None


def _left(evidence: Evidence, dimension: Dimension, strength: Strength) -> int:
    supported = {support.indicator for support in evidence.supports}
    return sum(
        1
        for indicator in evidence.ruleset.indicators.values()
        if indicator.dimension is dimension
        and indicator.strength.get(evidence.profile) is strength
        and indicator.code not in supported
    )


def _rule_changes(earlier: tuple[Rule, ...], facts: frozenset[Fact], outcome: Outcome) -> Iterator[RuleChange]:
    """Facts that alone would let an earlier rule hold and change the outcome, each once per outcome."""
    seen: set[tuple[Outcome, Fact]] = set()
    for rule in earlier:
        for line in rule.lines:
            lacking = line.present - facts
            if len(lacking) != 1 or line.absent & facts or rule.outcome is outcome:
                continue
            fact = next(iter(lacking))
            if (rule.outcome, fact) not in seen:
                seen.add((rule.outcome, fact))
                yield RuleChange(rule=rule.code, outcome=rule.outcome, fact=fact)


def counted(tallies: Iterable[Tally]) -> Iterator[Reason]:
    """One sentence for each dimension."""
    for tally in tallies:
        counts = (("strong", str(tally.strong)), ("medium", str(tally.medium)), ("weak", str(tally.weak)))
        key = "dimension.positive" if tally.positive else "dimension.negative"
        yield Reason(key=key, values=(("dimension", tally.dimension), *counts))


def _shown(evidence: Evidence) -> Iterator[Reason]:
    yield from counted(evidence.tallies)
    if evidence.showing(Element.DISREGARDED):
        yield Reason(key="element.DISREGARDED")
    if evidence.profile is Profile.CHILD and _parent_acted(evidence):
        yield Reason(key="handling.PARENT_IMPLICATED")


def _changes(rules: tuple[RuleChange, ...], dimensions: tuple[DimensionChange, ...]) -> Iterator[Reason]:
    for change in rules:
        yield Reason(key="change.rule", values=(("outcome", change.outcome), ("fact", change.fact)))
    for more in dimensions:
        strength, count = ("strength", more.strength), ("count", str(more.count))
        yield Reason(key="change.dimension", values=(("dimension", more.dimension), strength, count))


def _open_ends(evidence: Evidence) -> Iterator[Reason]:
    if evidence.unknown:
        counts = (("unknown", str(len(evidence.unknown))), ("asked", str(len(evidence.core))))
        yield Reason(key="missing.answers", values=counts)
    if evidence.only_observed:
        yield Reason(key="missing.only_observed", values=(("count", str(len(evidence.only_observed))),))
