"""The rules by themselves, on recorded answers: the same as the literal transcription, and bad lines told apart."""

import random
from typing import Any

import pytest

from services.operating.screening_commands import LONGEST, said
from services.screening.determinations.recorded import evaluated
from services.screening.determinations.rules import LATEST
from shared.codes import Language
from tests.unit.screening.literal_rules import CODES, suggestion

SEED = 2611
FACTS = (
    "act", "other_purpose", "directed_or_proceeds_taken", "infant_used", "paid_facilitation", "non_labour_exploitation",
    "core_unknown", "stopped",
)  # fmt: skip
VALUES = ("YES", "NO", "UNKNOWN", "REFUSED", "NOT_ASKED")


def drawn(draw: random.Random) -> dict[str, Any]:
    """A line with few or many answers: where most say NO, rules of few signs are reached as well."""
    share = draw.choice((0.02, 0.05, 0.1, 0.2, 0.5))
    answers = {
        code: "YES" if draw.random() < share else draw.choice(VALUES[1:]) for code in CODES if draw.random() < 0.9
    }
    facts = {name: draw.random() < 0.3 for name in FACTS if draw.random() < draw.choice((0.1, 0.8))}
    return {"child": draw.random() < 0.5, "answers": answers, "facts": facts}


def agrees(count: int) -> set[str]:
    """Compare so many drawn lines; which rules decided."""
    draw, seen = random.Random(SEED), set()  # noqa: S311 -- cases, not secrets
    for turn in range(count):
        line = drawn(draw)
        found = evaluated(LATEST, line)
        assert (found["rule"], found["outcome"]) == suggestion(line), f"seed {SEED}, line {turn}: {line}"
        seen.add(found["rule"])
    return seen


def test_engine_and_transcription_agree_and_every_rule_is_reached() -> None:
    assert agrees(4_000) == {rule.code for rule in LATEST.rules}


@pytest.mark.slow
def test_engine_and_transcription_agree_on_200_000_sets_of_answers() -> None:
    agrees(200_000)


def test_a_line_is_answered_with_rule_matches_and_reasons() -> None:
    line = {"id": "x1", "child": True, "answers": {"EX04": "YES", "EX06": "UNKNOWN"}, "facts": {"act": True}}
    found = evaluated(LATEST, line, Language.EN)
    assert (found["id"], found["outcome"], found["rule"]) == ("x1", "VOT_PRESUMED", "C3")
    assert found["rules"] == ["C3", "C7"]
    assert found["indicators"] == ["EX04"]
    assert found["ruleset"] == "2026.1"
    assert found["reasons"][0]["text"].startswith("Somebody else acted upon the child")
    counted = next(reason for reason in found["reasons"] if reason.get("dimension") == "X")
    assert (counted["key"], counted["strong"], counted["medium"]) == ("dimension.negative", "0", "1")


@pytest.mark.parametrize("language", list(Language))
def test_reasons_are_sentences_in_each_language(language: Language) -> None:
    found = evaluated(LATEST, {"child": False}, language)
    assert all(reason["text"] for reason in found["reasons"])


def test_what_only_the_other_profile_reads_is_left_aside() -> None:
    child = {
        "child": True,
        "answers": {"RV08": "YES", "EX08": "YES"},
        "facts": {"stopped": True, "paid_facilitation": True},
    }
    assert evaluated(LATEST, child)["rule"] == "C8"
    adult = {"child": False, "facts": {"infant_used": True, "directed_or_proceeds_taken": True}}
    assert evaluated(LATEST, adult)["rule"] == "A8"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "not_json"),
        (b"\xff{}", "not_json"),
        (b"[" * 20_000, "not_json"),
        (b"[]", "not_an_object"),
        (b'{"id": "x"}', "child_not_said"),
        (b'{"child": "true"}', "child_not_said"),
        (b'{"child": 1}', "child_not_said"),
        (b'{"child": true, "child": false}', "key_stands_twice"),
        (b'{"child": true, "answers": {"EX01": "YES", "EX01": "NO"}}', "key_stands_twice"),
        (b'{"child": true, "name": "x"}', "unknown_member"),
        (b'{"child": true, "id": 7}', "id_is_no_text"),
        (b'{"child": true, "answers": []}', "answers_are_no_object"),
        (b'{"child": true, "answers": {"EX99": "YES"}}', "unknown_indicator"),
        (b'{"child": true, "answers": {"EX01": "yes"}}', "unknown_value"),
        (b'{"child": true, "answers": {"EX01": true}}', "unknown_value"),
        (b'{"child": true, "facts": []}', "facts_are_no_object"),
        (b'{"child": true, "facts": {"acts": true}}', "unknown_fact"),
        (b'{"child": true, "facts": {"act": "true"}}', "fact_not_boolean"),
        (b'{"child": true, "id": "' + b"x" * LONGEST + b'"}', "line_too_long"),
    ],
)
def test_a_bad_line_says_why_and_nothing_of_the_line(line: bytes, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        evaluated(LATEST, said(line))
