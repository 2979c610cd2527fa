"""Answers, and which value is in force for a question.

An answer that says nothing never replaces one that says something, and an observation never speaks for
the person: it is kept beside the answers as corroboration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.screening.interviews.state import Source, Value
from shared.ids import Ref


@dataclass(frozen=True)
class Given:
    """One answer to one question, as it was written down."""

    ref: Ref
    question: str
    value: Value
    source: Source
    effective_at: datetime
    recorded_at: datetime

    @property
    def age(self) -> tuple[datetime, datetime, str]:
        """Later wins: by when it was said, then by when it was written down."""
        return self.effective_at, self.recorded_at, self.ref


@dataclass(frozen=True)
class Standing:
    """What holds for a question: the value in force, the answers behind it, and what disagrees."""

    value: Value
    answers: tuple[Ref, ...]
    observed: tuple[Ref, ...]
    conflicting: bool

    @property
    def only_observed(self) -> bool:
        """Did somebody see it without anybody saying it?"""
        return bool(self.observed) and self.value is not Value.YES


def _standing(given: list[Given]) -> Standing:
    said = sorted((answer for answer in given if answer.source is not Source.OBSERVED), key=lambda answer: answer.age)
    seen = [answer for answer in given if answer.source is Source.OBSERVED]
    telling = [answer for answer in said if answer.value.definite] or said
    value = telling[-1].value if telling else Value.NOT_ASKED
    return Standing(
        value=value,
        answers=tuple(sorted(answer.ref for answer in said if answer.value is value)),
        observed=tuple(sorted(answer.ref for answer in seen if answer.value is Value.YES)),
        conflicting=len({answer.value for answer in given if answer.value.definite}) > 1,
    )


def standing(answers: Iterable[Given]) -> Mapping[str, Standing]:
    """What holds for every question that was answered, whatever order the answers came in."""
    by_question: dict[str, list[Given]] = {}
    for answer in answers:
        by_question.setdefault(answer.question, []).append(answer)
    return {question: _standing(by_question[question]) for question in sorted(by_question)}
