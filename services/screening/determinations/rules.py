"""A version of the rules, read from its file: strengths of indicators, order of rules, what a finding opens.

A rule is data. It names facts, and the engine knows only how to find out whether a fact holds.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from services.screening.determinations.state import Outcome
from services.screening.interviews.state import Profile
from shared.codes import labelled


@labelled("sign_strength")
class Strength(StrEnum):
    """How much one indicator says."""

    STRONG = "S"
    MEDIUM = "M"
    WEAK = "W"


@labelled("dimension")
class Dimension(StrEnum):
    """Recruitment by deception, coercion or vulnerability; exploitation; coercion and vulnerability over there."""

    DECEPTION = "D"
    COERCION = "C"
    VULNERABILITY = "V"
    EXPLOITATION = "X"
    CONTROL = "K"
    DEPENDENCE = "U"


@labelled("rule_fact")
class Fact(StrEnum):
    """What a rule may ask about. The one-letter facts are dimensions found positive."""

    D = "D"
    C = "C"
    V = "V"
    X = "X"
    K = "K"
    U = "U"
    ACT = "ACT"
    OTHER_PURPOSE = "OTHER_PURPOSE"
    STREET_WORK = "STREET_WORK"
    DIRECTED = "DIRECTED"
    PROCEEDS_TAKEN = "PROCEEDS_TAKEN"
    CHILD_USED = "CHILD_USED"
    SMUGGLING = "SMUGGLING"
    EXPLOITATION_SIGN = "EXPLOITATION_SIGN"
    STRONG_COERCION_SIGN = "STRONG_COERCION_SIGN"
    ANY_SIGN = "ANY_SIGN"
    TOO_MUCH_UNKNOWN = "TOO_MUCH_UNKNOWN"
    STOPPED = "STOPPED"


@labelled("ilo_class")
class Ilo(StrEnum):
    """The class of the case in the terms of the operational indicators."""

    TRAFFICKING_FOR_FORCED_LABOUR = "TRAFFICKING_FOR_FORCED_LABOUR"
    FORCED_LABOUR = "FORCED_LABOUR"
    DECEPTION_AND_EXPLOITATION = "DECEPTION_AND_EXPLOITATION"
    EXPLOITATION = "EXPLOITATION"
    CHILD_TRAFFICKING_LABOUR = "CHILD_TRAFFICKING_LABOUR"
    CHILD_TRAFFICKING_OTHER = "CHILD_TRAFFICKING_OTHER"
    CHILD_EXPLOITATION = "CHILD_EXPLOITATION"
    NONE = "NONE"


@dataclass(frozen=True)
class Line:
    """Facts that must hold together, and facts that must not."""

    present: frozenset[Fact]
    absent: frozenset[Fact]

    def holds(self, facts: frozenset[Fact]) -> bool:
        """Do all the facts hold and none of the excluded ones?"""
        return self.present <= facts and not self.absent & facts


@dataclass(frozen=True)
class Rule:
    """One rule: when it holds, what it suggests, what it marks."""

    code: str
    profile: Profile
    outcome: Outcome
    lines: tuple[Line, ...]
    default: bool
    flags: tuple[str, ...]
    ilo: Ilo


@dataclass(frozen=True)
class Indicator:
    """One indicator, with its strength for each profile that uses it."""

    code: str
    dimension: Dimension
    strength: Mapping[Profile, Strength]


@dataclass(frozen=True)
class Ruleset:
    """A version of all rules."""

    version: str
    valid_from: date
    unknown_threshold_percent: int
    separate: tuple[tuple[str, str], ...]
    other_purposes: frozenset[str]
    indicators: Mapping[str, Indicator]
    rules: tuple[Rule, ...]
    entitlements: Mapping[Profile, Mapping[Outcome, tuple[str, ...]]]

    def of(self, profile: Profile) -> tuple[Rule, ...]:
        """The rules of a profile, in the order in which they are tried."""
        return tuple(rule for rule in self.rules if rule.profile is profile)


def positive(strong: int, medium: int, weak: int) -> bool:
    """The dimension rule of the operational indicators."""
    return (
        strong >= 2
        or (strong >= 1 and medium + weak >= 1)
        or medium >= 3
        or (medium >= 2 and weak >= 1)
    )  # fmt: skip


def _line(words: list[str]) -> Line:
    return Line(
        present=frozenset(Fact(word) for word in words if not word.startswith("!")),
        absent=frozenset(Fact(word[1:]) for word in words if word.startswith("!")),
    )


def _rule(written: Mapping[str, Any]) -> Rule:
    return Rule(
        code=written["code"],
        profile=Profile(written["profile"]),
        outcome=Outcome(written["outcome"]),
        lines=tuple(_line(words) for words in written.get("any", ())),
        default=written.get("default", False),
        flags=tuple(written.get("flags", ())),
        ilo=Ilo(written["ilo"]),
    )


def _indicators(written: Mapping[str, Any]) -> Iterator[Indicator]:
    for dimension, table in written.items():
        for code, weights in table["indicators"].items():
            adult, child = weights.split("/")
            pairs = ((Profile.ADULT, adult), (Profile.CHILD, child))
            strength = {profile: Strength(weight) for profile, weight in pairs if weight != "-"}
            yield Indicator(code, Dimension(dimension), MappingProxyType(strength))


def read(text: str) -> Ruleset:
    """The rule-set written in a TOML text."""
    written = tomllib.loads(text)
    return Ruleset(
        version=written["version"],
        valid_from=written["valid_from"],
        unknown_threshold_percent=written["unknown_threshold_percent"],
        separate=tuple((first, second) for first, second in written["separate"]),
        other_purposes=frozenset(written["other_purposes"]),
        indicators=MappingProxyType({found.code: found for found in _indicators(written["dimension"])}),
        rules=tuple(_rule(rule) for rule in written["rule"]),
        entitlements={
            Profile(profile): {Outcome(outcome): tuple(codes) for outcome, codes in table.items()}
            for profile, table in written["entitlements"].items()
        },
    )


def _rulesets() -> Mapping[str, Ruleset]:
    here = files("services.screening.determinations")
    texts = (here / name for name in ("ruleset_2026_1.toml",))
    return MappingProxyType({rules.version: rules for rules in (read(text.read_text("utf-8")) for text in texts)})


RULESETS = _rulesets()
LATEST = max(RULESETS.values(), key=lambda rules: rules.valid_from)


def ruleset_of(version: str) -> Ruleset:
    """The rules of that version: old assessments stay evaluable."""
    return RULESETS[version]
