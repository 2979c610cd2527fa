"""What the answers show, before any rule is asked: supported indicators, tallies, facts.

An answer is looked at only through its question. Where a pair of indicators must not rest on one answer,
the second of the pair is not counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from services.screening.determinations.assessment import Support, Tally
from services.screening.determinations.rules import Dimension, Fact, Ruleset, Strength, positive
from services.screening.interviews.answers import Standing
from services.screening.interviews.forms import Element, Form, Question
from services.screening.interviews.state import Profile, Value
from shared.ids import Ref

_OF_ELEMENT = {
    Element.STREET_WORK: Fact.STREET_WORK,
    Element.DIRECTED: Fact.DIRECTED,
    Element.PROCEEDS_TAKEN: Fact.PROCEEDS_TAKEN,
    Element.CHILD_USED: Fact.CHILD_USED,
    Element.SMUGGLING: Fact.SMUGGLING,
}
_PRESSING = (Dimension.COERCION, Dimension.CONTROL)


def tallied(ruleset: Ruleset, profile: Profile, codes: Iterable[str]) -> tuple[Tally, ...]:
    """One tally per dimension, in their order, of supported indicators. Each has a strength for the profile."""
    found: dict[Dimension, list[Strength]] = {dimension: [] for dimension in Dimension}
    for code in codes:
        indicator = ruleset.indicators[code]
        found[indicator.dimension].append(indicator.strength[profile])
    return tuple(_tally(dimension, strengths) for dimension, strengths in found.items())


def _tally(dimension: Dimension, found: list[Strength]) -> Tally:
    strong, medium, weak = (found.count(strength) for strength in Strength)
    sure = positive(strong, medium, weak)
    return Tally(dimension=dimension, strong=strong, medium=medium, weak=weak, positive=sure)


def signs(tallies: Iterable[Tally]) -> frozenset[Fact]:
    """The facts that follow from the tallies alone: dimensions found positive, and signs below that."""
    holding: set[Fact] = set()
    for tally in tallies:
        if tally.positive:
            holding.add(Fact(tally.dimension))
        if tally.strong or tally.medium or tally.weak:
            holding.add(Fact.ANY_SIGN)
            if tally.dimension is Dimension.EXPLOITATION:
                holding.add(Fact.EXPLOITATION_SIGN)
        if tally.strong and tally.dimension in _PRESSING:
            holding.add(Fact.STRONG_COERCION_SIGN)
    return frozenset(holding)


@dataclass(frozen=True)
class Evidence:
    """Answers of one interview under one form, one rule-set and one profile."""

    ruleset: Ruleset
    form: Form
    profile: Profile
    standing: Mapping[str, Standing]
    stopped: bool

    @cached_property
    def asked(self) -> tuple[Question, ...]:
        """The questions of this profile."""
        return self.form.asked(self.profile)

    @cached_property
    def yes(self) -> tuple[Question, ...]:
        """The questions to which YES is in force."""
        return tuple(q for q in self.asked if q.code in self.standing and self.standing[q.code].value is Value.YES)

    @cached_property
    def core(self) -> tuple[Question, ...]:
        """The questions that feed act, dimensions or purposes other than labour."""
        others = self.ruleset.other_purposes
        return tuple(q for q in self.asked if q.acts or q.indicators or others & set(q.purposes))

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """Core questions that nobody has answered with yes or no."""
        standing = self.standing
        return tuple(sorted(q.code for q in self.core if q.code not in standing or not standing[q.code].value.definite))

    @cached_property
    def only_observed(self) -> tuple[str, ...]:
        """Questions that somebody saw a yes to, without anybody saying it."""
        return tuple(
            sorted(q.code for q in self.asked if q.code in self.standing and self.standing[q.code].only_observed)
        )

    def refs(self, questions: tuple[Question, ...] | set[str]) -> tuple[Ref, ...]:
        """The answers in force behind these questions."""
        codes = {q if isinstance(q, str) else q.code for q in questions}
        return tuple(sorted(ref for code in codes for ref in self.standing[code].answers))

    def showing(self, element: Element) -> tuple[Question, ...]:
        """Questions answered YES that show an element."""
        return tuple(q for q in self.yes if element in q.elements)

    @cached_property
    def acting(self) -> tuple[Question, ...]:
        """Questions answered YES that show an act of somebody else."""
        return tuple(q for q in self.yes if q.acts)

    @cached_property
    def purposeful(self) -> tuple[Question, ...]:
        """Questions answered YES that show a purpose which is exploitation by itself."""
        return tuple(q for q in self.yes if self.ruleset.other_purposes & set(q.purposes))

    @cached_property
    def supports(self) -> tuple[Support, ...]:
        """Supported indicators, each once, with the answers behind them."""
        behind: dict[str, set[str]] = {}
        for question in self.yes:
            for code in question.indicators:
                if self.profile in self.ruleset.indicators[code].strength:
                    behind.setdefault(code, set()).add(question.code)
        for first, second in self.ruleset.separate:
            if first in behind and second in behind and len(behind[first] | behind[second]) == 1:
                del behind[second]
        return tuple(self._support(code, behind[code]) for code in sorted(behind))

    def _support(self, code: str, questions: set[str]) -> Support:
        indicator = self.ruleset.indicators[code]
        strength = indicator.strength[self.profile]
        return Support(indicator=code, dimension=indicator.dimension, strength=strength, answers=self.refs(questions))

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """One tally per dimension, in their order."""
        return tallied(self.ruleset, self.profile, (support.indicator for support in self.supports))

    @cached_property
    def facts(self) -> frozenset[Fact]:
        """All facts that hold."""
        holding = set(signs(self.tallies))
        holding |= {fact for element, fact in _OF_ELEMENT.items() if self.showing(element)}
        holding |= {fact for fact, holds in self._further() if holds}
        return frozenset(holding)

    def _further(self) -> tuple[tuple[Fact, bool], ...]:
        too_much = len(self.unknown) * 100 > self.ruleset.unknown_threshold_percent * len(self.core)
        return (
            (Fact.ACT, bool(self.acting)),
            (Fact.OTHER_PURPOSE, bool(self.purposeful)),
            (Fact.TOO_MUCH_UNKNOWN, too_much),
            (Fact.STOPPED, self.stopped),
        )
