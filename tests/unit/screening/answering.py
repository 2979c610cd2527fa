"""Answers for the engine's tests: codes in, an assessment out."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from services.screening.determinations import rules
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.engine import Known, assess
from services.screening.interviews import forms
from services.screening.interviews.answers import Given
from services.screening.interviews.state import Profile, Source, Value

RULES, FORM = rules.LATEST, forms.LATEST
MOMENT = datetime(2026, 11, 5, 2, tzinfo=UTC)
CHILD, ADULT = Known(child_then=True), Known(child_then=False)


def given(question: str, value: Value = Value.YES, source: Source = Source.SELF, at: datetime = MOMENT) -> Given:
    ref = hashlib.sha256(f"{question}|{value}|{source}|{at}".encode()).hexdigest()[:32]
    return Given(ref, question, value, source, at, at)


def complete(known: Known, *yes: str) -> list[Given]:
    """YES to these questions and NO to all others."""
    profile = Profile.ADULT if known.child_then is False else Profile.CHILD
    return [given(question.code, Value.YES if question.code in yes else Value.NO) for question in FORM.asked(profile)]


def of(known: Known, answers: Iterable[Given]) -> Assessment:
    return assess(RULES, FORM, answers, known)


def child(*yes: str) -> Assessment:
    return of(CHILD, complete(CHILD, *yes))


def adult(*yes: str) -> Assessment:
    return of(ADULT, complete(ADULT, *yes))
