"""Loops that die come back, and health never says better than it is."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

from shared import supervisor
from shared.supervisor import Supervisor
from tests.support.eventually import REST

Beat = Callable[[], None]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.0)


def loop_of(failures: int, reached: asyncio.Event) -> Callable[[Beat], Awaitable[None]]:
    """A loop that fails so many times and then beats and waits."""
    runs = count()

    async def loop(beat: Beat) -> None:
        if next(runs) < failures:
            raise ConnectionError("with a secret")
        beat()
        reached.set()
        await asyncio.Event().wait()

    return loop


async def test_a_loop_that_fails_is_started_again() -> None:
    reached, watch = asyncio.Event(), Supervisor()
    watch.start("relay", loop_of(1, reached))
    await asyncio.wait_for(reached.wait(), REST)
    assert watch.health() == {"relay": {"healthy": True, "restarts": 1, "error": None}}
    assert watch.healthy
    await watch.stop()


async def test_health_is_red_from_the_failure_to_the_next_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_Watched", _patient)
    watch = Supervisor()
    watch.start("relay", loop_of(1, asyncio.Event()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert watch.health() == {"relay": {"healthy": False, "restarts": 1, "error": "ConnectionError"}}
    assert not watch.healthy
    await watch.stop()


def _patient(task: asyncio.Task[None], beaten: float) -> Any:
    return _WATCHED(task, beaten, pause=3600.0)


_WATCHED = supervisor._Watched


async def test_a_loop_that_just_ends_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    reached, runs, watch = asyncio.Event(), count(), Supervisor()

    async def ends(beat: Beat) -> None:
        if next(runs):
            reached.set()

    watch.start("consumer", ends)
    await asyncio.wait_for(reached.wait(), REST)
    assert watch.health()["consumer"]["error"] == "ended"
    await watch.stop()


async def test_one_that_hangs_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    reached, watch = asyncio.Event(), Supervisor()
    watch.start("to-dos", loop_of(0, reached))
    await asyncio.wait_for(reached.wait(), REST)
    assert watch.health()["to-dos"]["healthy"]
    monkeypatch.setattr(supervisor, "SILENCE", -1.0)
    assert not watch.health()["to-dos"]["healthy"]
    await watch.stop()


async def test_stopping_lets_a_loop_clean_up() -> None:
    begun, cleaned, watch = asyncio.Event(), [], Supervisor()

    async def loop(beat: Beat) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append("closed")

    watch.start("consumer", loop)
    await asyncio.wait_for(begun.wait(), REST)
    await watch.stop()
    assert cleaned == ["closed"]
    assert not watch.healthy


async def test_a_loop_that_answers_the_end_with_an_error_ends_all_the_same() -> None:
    """As a driver does whose statement was cut off: a service asked to stop would otherwise go on for ever."""
    begun, runs, watch = asyncio.Event(), count(), Supervisor()

    async def loop(beat: Beat) -> None:
        next(runs)
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    watch.start("relay", loop)
    await asyncio.wait_for(begun.wait(), REST)
    await asyncio.wait_for(watch.stop(), REST)
    assert next(runs) == 1


async def test_pauses_grow_and_shrink_again_after_a_beat() -> None:
    watch = Supervisor()
    watch.start("relay", loop_of(0, asyncio.Event()))
    watched = watch._loops["relay"]
    watched.pause, watched.error = 8.0, "ConnectionError"
    watch._beat("relay")
    assert watch._loops["relay"].pause == supervisor.FIRST_PAUSE
    assert watch.health()["relay"]["error"] is None
    await watch.stop()
