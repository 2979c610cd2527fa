"""Evaluates recorded answers without a service or a database, for auditors, courts and others who apply these rules.

A line is one JSON object: `{"id": "x1", "child": true, "answers": {"EX04": "YES"}, "facts": {"act": true}}`. Answers
are given by indicator, not by question, so which answers count is decided already; what indicators do not tell is
given as facts. An indicator that is not given was not asked, and a fact that is not given does not hold.
"""

from collections.abc import Mapping
from typing import Any

from services.screening.determinations.engine import counted, marks, matching
from services.screening.determinations.evidence import signs, tallied
from services.screening.determinations.reasons import Reason, render
from services.screening.determinations.rules import Fact, Ruleset
from services.screening.interviews.state import Profile, Value
from shared.codes import Language

_MEMBERS = frozenset({"id", "child", "answers", "facts"})
_BOTH = {"act": {Fact.ACT}, "other_purpose": {Fact.OTHER_PURPOSE}, "core_unknown": {Fact.TOO_MUCH_UNKNOWN}}
_READ: Mapping[Profile, Mapping[str, set[Fact]]] = {
    Profile.CHILD: {
        **_BOTH,
        "directed_or_proceeds_taken": {Fact.STREET_WORK, Fact.DIRECTED},
        "infant_used": {Fact.CHILD_USED},
    },
    Profile.ADULT: {
        **_BOTH,
        "non_labour_exploitation": {Fact.OTHER_PURPOSE},
        "paid_facilitation": {Fact.SMUGGLING},
        "stopped": {Fact.STOPPED},
    },
}
_FACTS = frozenset(name for names in _READ.values() for name in names)
_VALUES = frozenset(map(str, Value))


class BadLine(ValueError):
    """A line that says nothing that can be evaluated. Its text is a code, and nothing of the line."""


def evaluated(ruleset: Ruleset, said: Any, language: Language | None = None) -> dict[str, Any]:
    """What the rules suggest for one line, with everything that led to it; `language`: the reasons as sentences too.

    Raises BadLine where the line is none.
    """
    _check(said)
    profile = Profile.CHILD if said["child"] else Profile.ADULT
    yes = _supported(ruleset, profile, said.get("answers", {}))
    tallies = tallied(ruleset, profile, yes)
    matched = matching(ruleset.of(profile), signs(tallies) | _given(profile, said.get("facts", {})))
    reasons = (Reason(key=f"rule.{matched[0].code}"), Reason(key=f"profile.{profile}"), *counted(tallies))
    return {
        "id": said.get("id"),
        "outcome": matched[0].outcome,
        "rule": matched[0].code,
        "rules": [rule.code for rule in matched],
        "ruleset": ruleset.version,
        "profile": profile,
        "ilo": matched[0].ilo,
        "flags": sorted(set(marks(matched))),
        "indicators": yes,
        "reasons": [_shown(reason, language, ruleset.version) for reason in reasons],
    }


def _shown(reason: Reason, language: Language | None, version: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"key": reason.key, **dict(reason.values)}
    return shown if language is None else {**shown, "text": render(reason, language, version)}


def _check(said: Any) -> None:
    if not isinstance(said, dict):
        raise BadLine("not_an_object")
    if not said.keys() <= _MEMBERS:
        raise BadLine("unknown_member")
    if not isinstance(said.get("child"), bool):
        raise BadLine("child_not_said")
    if not isinstance(said.get("id", ""), str):
        raise BadLine("id_is_no_text")


def _supported(ruleset: Ruleset, profile: Profile, answers: Any) -> list[str]:
    """The indicators that are answered YES and count for the profile; those of the other profile are left aside."""
    if not isinstance(answers, dict):
        raise BadLine("answers_are_no_object")
    for code, value in answers.items():
        if code not in ruleset.indicators:
            raise BadLine("unknown_indicator")
        if not isinstance(value, str) or value not in _VALUES:
            raise BadLine("unknown_value")
    return sorted(
        code for code, value in answers.items() if value == Value.YES and profile in ruleset.indicators[code].strength
    )


def _given(profile: Profile, facts: Any) -> frozenset[Fact]:
    """What the line says besides. Facts that only the other profile reads are left aside."""
    if not isinstance(facts, dict):
        raise BadLine("facts_are_no_object")
    if not facts.keys() <= _FACTS:
        raise BadLine("unknown_fact")
    if not all(isinstance(holds, bool) for holds in facts.values()):
        raise BadLine("fact_not_boolean")
    return frozenset(fact for name, holds in facts.items() if holds for fact in _READ[profile].get(name, ()))
