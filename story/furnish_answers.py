"""Answers for invented people: what happened to each, told as answers to the form, and no two of them alike.

A set of answers is a profile (which outcome the engine will suggest) plus details that never change that outcome.
"""

import tomllib
from itertools import combinations
from pathlib import Path
from random import Random

WORDS = tomllib.loads(Path(__file__).with_name("answers.toml").read_text("utf-8"))
QUESTIONS: tuple[str, ...] = (*WORDS["core"].split(), *WORDS["further"].split())
ADULTS_ONLY, CHILDREN_ONLY = frozenset(WORDS["adults_only"].split()), frozenset(WORDS["children_only"].split())


class Answers:
    """Hands out answer sets; remembers which it gave, so that no two are alike."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._given: set[frozenset[str]] = set()

    def told(self, profile: str, child: bool, extra: frozenset[str] = frozenset()) -> dict[str, str]:
        """The cells of one person's line: YES where it happened, NO to what else was asked."""
        words: dict[str, str] = WORDS["profiles"][profile]
        certain = frozenset(words["certain"].split()) | extra | self._act(profile, extra)
        yes = self._fresh(certain, words["details"].split())
        skipped = ADULTS_ONLY if child else CHILDREN_ONLY
        return {question: "YES" if question in yes else "NO" for question in QUESTIONS if question not in skipped}

    def _act(self, profile: str, extra: frozenset[str]) -> frozenset[str]:
        if profile != "VOT" or any(question.startswith("SENT_BY") for question in extra):
            return frozenset()
        return frozenset({self._draw.choice(WORDS["acts"].split())})

    def _fresh(self, certain: frozenset[str], details: list[str]) -> frozenset[str]:
        self._draw.shuffle(details)
        for size in [*range(min(2, len(details)), len(details) + 1), 1, 0]:
            for some in combinations(details, size):
                yes = certain | frozenset(some)
                if yes not in self._given:
                    self._given.add(yes)
                    return yes
        raise ValueError("no further answer set of this profile is left")
