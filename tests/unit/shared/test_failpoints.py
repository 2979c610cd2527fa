"""A moment named by a test acts once, at the hit that was asked for, and in production never."""

import os
import signal

import pytest

from shared import failpoints
from shared.failpoints import Failed, armed


def test_it_acts_at_its_hit_and_only_once() -> None:
    failpoint = armed("here:3:raise")
    failpoint("here")
    failpoint("elsewhere")
    failpoint("here")
    with pytest.raises(Failed):
        failpoint("here")
    failpoint("here")


@pytest.mark.parametrize(
    ("spec", "sent"),
    [
        ("here", signal.SIGKILL),
        ("here:1", signal.SIGKILL),
        ("here:1:kill", signal.SIGKILL),
        ("here:1:pause", signal.SIGSTOP),
    ],
)
def test_kill_is_what_it_does_unless_told(spec: str, sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *call: signals.append(call))
    armed(spec)("here")
    assert signals == [(os.getpid(), sent)]


def test_without_a_variable_there_is_nothing() -> None:
    assert failpoints.failpoint.__name__ == "_nothing"
