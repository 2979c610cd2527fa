"""How much one caller sends: counted without a thread of the library's, and forgotten once the minute is over."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from shared.auth import Caller, Purpose, Role
from shared.errors import TooMany
from shared.ids import pseudonym
from shared.web import callers

SOK = Caller(pseudonym("staff", "sok"), pseudonym("organisation", "bavet"), Role.CASEWORKER, Purpose.PROTECTION)


def test_counting_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library starts one every hundredth of a second, which was a tenth of what a write costs."""
    started: list[Any] = []
    counting = callers.Callers(10_000)
    monkeypatch.setattr(threading.Thread, "start", started.append)
    for _ in range(300):
        counting.take(SOK)
    assert started == []


def test_counters_that_have_run_out_are_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "SWEEP", 50)
    counters = callers.Counters()
    for number in range(40):
        counters.incr(f"caller-{number}", -1)
    assert len(counters.expirations) > 30
    for _ in range(20):
        counters.incr("another", 60)
    assert list(counters.expirations) == ["another"]
    assert list(counters.storage) == ["another"]


def test_one_beyond_the_bound_is_refused_and_others_are_not() -> None:
    counting = callers.Callers(3)
    for _ in range(3):
        counting.take(SOK)
    with pytest.raises(TooMany):
        counting.take(SOK)
    counting.take(replace(SOK, staff_ref=pseudonym("staff", "kim")))
